package device

// login is a viewer's login on the way: the code that the viewer types in
// elsewhere, and until when it is asked after. Most devices most of the time have
// none. Times are nanoseconds of Unix time; 0 is "never".
type login struct {
	code      string
	expires   int64
	pollUntil int64
}

// loggingIn returns the login of this session, which begins with it.
func (d *Device) loggingIn() *login {
	if d.login == nil {
		d.login = new(login)
	}
	return d.login
}

// code returns the code of the login on the way, "" when there is none.
func (d *Device) code() string {
	if d.login == nil {
		return ""
	}
	return d.login.code
}
