package device

// kept is what a device keeps of the service's answers: its credentials and its
// token. They lie next to each other in one piece of memory of their own, because
// a driver may hold millions of them for long.
type kept struct {
	all                    string
	idLength, secretLength uint32
}

func (k *kept) clientID() string     { return k.all[:k.idLength] }
func (k *kept) clientSecret() string { return k.all[k.idLength:k.credentials()] }
func (k *kept) token() string        { return k.all[k.credentials():] }

// credentials is the length of the credentials.
func (k *kept) credentials() uint32 { return k.idLength + k.secretLength }

func (k *kept) registered() bool { return k.idLength > 0 }
func (k *kept) hasToken() bool   { return len(k.all) > int(k.credentials()) }

// setCredentials replaces the credentials; a token belongs to them and goes.
func (k *kept) setCredentials(id, secret string) {
	*k = kept{id + secret, uint32(len(id)), uint32(len(secret))}
}

// setToken replaces the token. The same one again, as all are in a plan, takes
// no memory.
func (k *kept) setToken(token string) {
	if k.token() != token {
		k.all = k.all[:k.credentials()] + token
	}
}

// dropToken forgets the token.
func (k *kept) dropToken() { k.all = k.all[:k.credentials()] }
