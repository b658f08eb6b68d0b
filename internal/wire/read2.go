package wire

import (
	"bufio"
	"errors"
	"io"

	"golang.org/x/net/http2"
)

// newFramer returns a framer that reads frames no larger than the smallest limit.
func newFramer(r io.Reader) *http2.Framer {
	f := http2.NewFramer(nil, bufio.NewReaderSize(r, 2*maxFrame))
	f.SetReuseFrames()
	f.SetMaxReadFrameSize(maxFrame)
	return f
}

// readAll takes what the server sends until the connection ends.
func (c *conn2) readAll() {
	err := c.readFrames()
	c.mu.Lock()
	defer c.mu.Unlock()
	var broken http2.ConnectionError
	var early http2.StreamError
	switch {
	case errors.As(err, &early):
		c.pending = appendGoAway(c.pending, http2.ErrCodeProtocol)
		err = errFrame
	case errors.As(err, &broken):
		c.pending = appendGoAway(c.pending, http2.ErrCode(broken))
		err = errFrame
	case errors.Is(err, http2.ErrFrameTooLarge):
		c.pending = appendGoAway(c.pending, http2.ErrCodeFrameSize)
		err = errFrame
	case c.sendErr != nil && isTimeout(err):
		err = c.sendErr
	}
	c.fail(err)
}

// readFrames reads frame by frame. Its error is why there are no more.
func (c *conn2) readFrames() error {
	for first := true; ; first = false {
		f, err := c.frames.ReadFrame()
		var broken http2.StreamError
		if errors.As(err, &broken) && !first {
			c.mu.Lock()
			if s := c.streams[broken.StreamID]; s != nil {
				c.reset(s, broken.Code, errFrame)
			}
			c.mu.Unlock()
			continue
		}
		if err != nil {
			return err
		}
		if s, ok := f.(*http2.SettingsFrame); first && (!ok || s.IsAck()) {
			return http2.ConnectionError(http2.ErrCodeProtocol)
		}
		c.mu.Lock()
		err = c.take(f)
		c.mu.Unlock()
		if err != nil {
			return err
		}
	}
}

// take does what a frame says. Frames of a kind that nobody knows are ignored
// (RFC 9113 section 5.5), and so are priorities.
func (c *conn2) take(f http2.Frame) error {
	switch f := f.(type) {
	case *http2.HeadersFrame:
		return c.takeBlock(f.StreamID, f.HeaderBlockFragment(), f.StreamEnded(), f.HeadersEnded())
	case *http2.ContinuationFrame:
		return c.takeBlock(f.StreamID, f.HeaderBlockFragment(), c.blockTo, f.HeadersEnded())
	case *http2.DataFrame:
		return c.takeData(f)
	case *http2.RSTStreamFrame:
		if s, err := c.stream(f.StreamID); s == nil {
			return err
		} else {
			c.end(s, errReset)
		}
		c.room(1)
	case *http2.SettingsFrame:
		return c.takeSettings(f)
	case *http2.PingFrame:
		if !f.IsAck() {
			c.pending = append(appendFrame(c.pending, len(f.Data), http2.FramePing, http2.FlagPingAck, 0), f.Data[:]...)
			return c.reply()
		}
	case *http2.GoAwayFrame:
		c.takeGoAway(f)
	case *http2.WindowUpdateFrame:
		return c.takeWindow(f)
	case *http2.PushPromiseFrame:
		return http2.ConnectionError(http2.ErrCodeProtocol)
	}
	return nil
}

// reply sends the answer to a control frame, unless the peer asks and asks and
// reads nothing.
func (c *conn2) reply() error {
	if c.replies++; c.replies > maxReplies {
		return http2.ConnectionError(http2.ErrCodeEnhanceYourCalm)
	}
	c.ring()
	return nil
}

// stream returns a stream in flight, or nil for one that has ended. A stream that
// never was is an error of the connection (RFC 9113 section 5.1).
func (c *conn2) stream(id uint32) (*stream2, error) {
	if s := c.streams[id]; s != nil {
		return s, nil
	}
	if id%2 == 0 || id >= c.next {
		return nil, http2.ConnectionError(http2.ErrCodeProtocol)
	}
	return nil, nil
}

// takeBlock gathers a header block. Nothing is remembered from one to the next,
// so that one which is too long, or whose stream has ended, need not be read.
func (c *conn2) takeBlock(id uint32, piece []byte, last, whole bool) error {
	s, err := c.stream(id)
	if err != nil {
		return err
	}
	if s != nil && s.firstByte.IsZero() {
		s.firstByte = c.in.at
		c.heard.Store(c.in.at.UnixNano())
	}
	if whole && len(c.block) == 0 && c.blockOf == 0 {
		return c.takeHead(s, piece, last)
	}
	c.blockOf, c.blockTo = id, last
	if len(c.block) <= MaxHead {
		c.block = append(c.block, piece...)
	}
	if !whole {
		return nil
	}
	block := c.block
	c.block, c.blockOf = c.block[:0], 0
	return c.takeHead(s, block, last)
}

// takeData takes a piece of a body. Padding counts in the windows too (RFC 9113
// section 6.9.1).
func (c *conn2) takeData(f *http2.DataFrame) error {
	c.unacked += int64(f.Length)
	switch {
	case c.unacked > ourWindow:
		return http2.ConnectionError(http2.ErrCodeFlowControl)
	case c.unacked >= ourWindow/2:
		c.ring()
	}
	s, err := c.stream(f.StreamID)
	if s == nil {
		return err
	}
	data := f.Data()
	got := int64(len(s.out.Body) + len(data))
	s.taken += int64(f.Length)
	over := http2.ErrCodeCancel
	if s.taken > int64(streamWindow(c.t.MaxBody)) {
		over = http2.ErrCodeFlowControl
	}
	switch {
	case !s.answered, len(data) > 0 && s.bodiless(), s.length >= 0 && got > s.length:
		c.reset(s, http2.ErrCodeProtocol, errBody)
		return nil
	case got > int64(c.t.MaxBody):
		c.reset(s, over, errBodyTooLarge)
		return nil
	case over == http2.ErrCodeFlowControl:
		c.reset(s, over, errFrame)
		return nil
	}
	s.out.Body = append(s.out.Body, data...)
	s.size += int64(len(data))
	s.last = c.in.at
	if f.StreamEnded() {
		c.finish(s)
	}
	return nil
}

func (c *conn2) takeSettings(f *http2.SettingsFrame) error {
	if f.IsAck() {
		return nil
	}
	err := f.ForeachSetting(func(s http2.Setting) error {
		if err := s.Valid(); err != nil {
			return err
		}
		switch s.ID {
		case http2.SettingEnablePush:
			if s.Val != 0 { // a server must not ask for it (RFC 9113 section 6.5.2)
				return http2.ConnectionError(http2.ErrCodeProtocol)
			}
		case http2.SettingMaxConcurrentStreams:
			c.limit = int(min(s.Val, streamLimit))
		case http2.SettingInitialWindowSize:
			grown := int64(s.Val) - c.initial
			c.initial = int64(s.Val)
			for _, s := range c.streams {
				if s.window += grown; s.window > maxWindow {
					return http2.ConnectionError(http2.ErrCodeFlowControl)
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !c.settled && c.err == nil {
		close(c.ready)
	}
	c.settled = true
	c.unblock()
	c.pending = appendFrame(c.pending, 0, http2.FrameSettings, http2.FlagSettingsAck, 0)
	c.room(-1)
	return c.reply()
}

// takeGoAway ends the requests that the server has not looked at and lets it
// finish the others (RFC 9113 section 6.8).
func (c *conn2) takeGoAway(f *http2.GoAwayFrame) {
	c.leaving = true
	for id, s := range c.streams {
		if id > f.LastStreamID {
			c.end(s, errReset)
		}
	}
	if len(c.streams)+c.reserved == 0 {
		c.fail(errGone)
	}
	c.room(-1)
}

func (c *conn2) takeWindow(f *http2.WindowUpdateFrame) error {
	n := int64(f.Increment)
	if f.StreamID == 0 {
		if c.window += n; c.window > maxWindow {
			return http2.ConnectionError(http2.ErrCodeFlowControl)
		}
	} else if s, err := c.stream(f.StreamID); s == nil {
		return err
	} else if s.window += n; s.window > maxWindow {
		c.reset(s, http2.ErrCodeFlowControl, errFrame)
		return nil
	}
	if len(c.blocked) > 0 {
		c.unblock()
		c.ring()
	}
	return nil
}
