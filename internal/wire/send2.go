package wire

import (
	"encoding/binary"
	"runtime"
	"time"

	"golang.org/x/net/http2"
)

// closeLimit is how long the end of a connection may take that says goodbye.
const closeLimit = 250 * time.Millisecond

// ring calls the sender.
func (c *conn2) ring() {
	select {
	case c.bell <- struct{}{}:
	default:
	}
}

// sendAll sends what is pending, piece by piece: all that several requests have
// written in the same moment goes out in one system call, and on TLS in one
// record. What is pending goes out as soon as the goroutines that are ready to
// run have had their turn.
func (c *conn2) sendAll() {
	defer c.nc.Close()
	var piece []byte
	var deadline time.Time
	for last := false; !last; {
		select {
		case <-c.bell:
			runtime.Gosched()
		case <-c.over:
			last = true
		}
		c.mu.Lock()
		c.acknowledge()
		piece, c.pending, c.replies = c.pending, piece[:0], 0
		c.mu.Unlock()
		err := c.send(piece, &deadline)
		clear(piece) // it holds secrets
		if cap(piece) > maxSpare {
			piece = nil
		}
		if err != nil {
			c.cannotSend(err)
			<-c.over
			return
		}
	}
}

// acknowledge widens the window of all answers by what was read, when that is
// half of it. Only now does the server get to know, so that one which does not
// listen has no more than the window.
func (c *conn2) acknowledge() {
	if c.unacked >= ourWindow/2 && c.err == nil {
		c.pending = appendWindow(c.pending, uint32(c.unacked))
		c.unacked = 0
	}
}

// send sends one piece. The deadline is the one that is set, which may be later
// by a part of the timeout, so that not every piece has to set one.
func (c *conn2) send(piece []byte, deadline *time.Time) error {
	if len(piece) == 0 {
		return nil
	}
	if now := time.Now(); deadline.Sub(now) < c.t.Timeout {
		*deadline = now.Add(c.t.Timeout + c.t.Timeout/64)
		if err := c.raw.SetWriteDeadline(*deadline); err != nil {
			return err
		}
	}
	_, err := c.nc.Write(piece)
	return err
}

// cannotSend notes that nothing can be sent any more. The server may have said
// why before it closed the connection: the reader gets a moment to find that.
func (c *conn2) cannotSend(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sendErr, c.leaving = err, true
	if len(c.streams)+c.reserved == 0 {
		c.fail(err)
		return
	}
	c.raw.SetReadDeadline(time.Now().Add(closeLimit))
}

// appendPreface appends what a client says first: that it takes no pushes, keeps
// no header table, so that every head stands for itself, and reads a whole body
// without being asked to.
func appendPreface(b []byte, maxBody int) []byte {
	b = append(b, preface...)
	b = appendFrame(b, 3*6, http2.FrameSettings, 0, 0)
	b = appendSetting(b, http2.SettingHeaderTableSize, 0)
	b = appendSetting(b, http2.SettingEnablePush, 0)
	b = appendSetting(b, http2.SettingInitialWindowSize, streamWindow(maxBody))
	return appendWindow(b, ourWindow-usualWindow)
}

// streamWindow is what one answer may send: a whole body, and one byte that shows
// that it is too large.
func streamWindow(maxBody int) uint32 { return uint32(min(maxBody, maxWindow-1)) + 1 }

func appendSetting(b []byte, id http2.SettingID, value uint32) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(id))
	return binary.BigEndian.AppendUint32(b, value)
}

// appendFrame appends the head of a frame (RFC 9113 section 4.1).
func appendFrame(b []byte, length int, kind http2.FrameType, flags http2.Flags, stream uint32) []byte {
	b = append(b, byte(length>>16), byte(length>>8), byte(length), byte(kind), byte(flags))
	return binary.BigEndian.AppendUint32(b, stream)
}

// noTable says that no header table is kept (RFC 7541 section 6.3); the first
// header block begins with it.
const noTable = 0x20

// appendHeaders appends a header block, in several frames if it has to be.
func appendHeaders(b []byte, stream uint32, block []byte, last bool) []byte {
	flags := http2.Flags(0)
	if last {
		flags = http2.FlagHeadersEndStream
	}
	kind := http2.FrameHeaders
	first := 0
	if stream == 1 {
		first = 1
	}
	for {
		piece := block[:min(len(block), maxFrame-first)]
		block = block[len(piece):]
		if len(block) == 0 {
			flags |= http2.FlagHeadersEndHeaders
		}
		b = appendFrame(b, first+len(piece), kind, flags, stream)
		if first > 0 {
			b = append(b, noTable)
		}
		b = append(b, piece...)
		if len(block) == 0 {
			return b
		}
		kind, flags, first = http2.FrameContinuation, 0, 0
	}
}

func appendData(b []byte, stream uint32, piece []byte, last bool) []byte {
	flags := http2.Flags(0)
	if last {
		flags = http2.FlagDataEndStream
	}
	return append(appendFrame(b, len(piece), http2.FrameData, flags, stream), piece...)
}

func appendReset(b []byte, stream uint32, code http2.ErrCode) []byte {
	return binary.BigEndian.AppendUint32(appendFrame(b, 4, http2.FrameRSTStream, 0, stream), uint32(code))
}

// appendWindow appends that n more bytes of bodies may come.
func appendWindow(b []byte, n uint32) []byte {
	return binary.BigEndian.AppendUint32(appendFrame(b, 4, http2.FrameWindowUpdate, 0, 0), n)
}

// appendGoAway appends why the connection ends; no stream is the server's.
func appendGoAway(b []byte, code http2.ErrCode) []byte {
	b = append(appendFrame(b, 8, http2.FrameGoAway, 0, 0), 0, 0, 0, 0)
	return binary.BigEndian.AppendUint32(b, uint32(code))
}
