package wire

// Protocol returns the HTTP version that c speaks, "1.1" or "2", and "" while
// it has not been negotiated.
func Protocol(c Client) string {
	switch c := c.(type) {
	case *client1:
		return Version1.String()
	case *client2:
		return Version2.String()
	case *clientAuto:
		if chosen := c.chosen.Load(); chosen != nil {
			if next, ok := (*chosen).(Client); ok {
				return Protocol(next)
			}
		}
	}
	return ""
}
