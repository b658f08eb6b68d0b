package audit

import (
	"encoding/base64"
	"net/netip"
	"strings"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/jsondoc"
)

// headers judges the header fields of a request to a known operation.
func (r *reader) headers() {
	w := &r.w
	r.accept()
	r.identity()
	r.forwarded()
	r.partnerStatus()
	if value := w.header.Get("AP-TempPass-Identity"); value != "" {
		plain, err := decode64(value)
		r.rule(auz07, err == nil, "AP-TempPass-Identity is not base64")
		switch {
		case !strings.Contains(plain, "@"):
			r.mark(hdr17, Kept, "")
		case r.options.Strict:
			r.mark(hdr17, Broken, "AP-TempPass-Identity holds a mail address")
		default:
			r.mark(hdr17, Undecidable, "AP-TempPass-Identity holds a mail address, as the vendor's sample does")
		}
	}
	if w.op == api.OpRegister || w.op == api.OpToken {
		return
	}
	switch w.op.Describe().Body {
	case api.BodyForm:
		r.contentType(api.BodyForm)
	case api.BodyJSON:
		r.contentType(api.BodyJSON)
	}
	r.authorization()
}

// authorization judges the token's place. A call without a token that was
// served is a recording from which the field was taken out.
func (r *reader) authorization() {
	w, e := &r.w, r.e
	value := w.header.Get("Authorization")
	switch {
	case w.op == api.OpAuthenticate:
		if value != "" {
			r.mark(hdr01, Undecidable, "the browser's call carries a token")
		}
		return
	case value == "" && e.ok():
		r.mark(hdr01, Undecidable, "the service served a call that has no Authorization in the recording")
		return
	case value == "" && has(w.query, "access_token"):
		r.mark(dcr22, Broken, "the token travels in the query")
		return
	case value == "":
		r.mark(hdr01, Broken, "no Authorization")
		return
	}
	r.mark(hdr01, Kept, "")
	scheme, token, _ := strings.Cut(value, " ")
	sound := strings.EqualFold(scheme, "bearer") && (!r.options.Strict || scheme == "Bearer") && token != "" && !strings.Contains(token, " ")
	r.rule(dcr22, sound && !has(w.query, "access_token"), "the Authorization is not the word Bearer and a token")
}

// accept judges by A-02.
func (r *reader) accept() {
	value := r.w.header.Get("Accept")
	if value == "" || r.w.op == api.OpAuthenticate {
		return
	}
	if r.options.Strict {
		r.rule(hdr14, !strings.Contains(value, ",") && api.IsJSON(value) && api.IsUTF8(value), "Accept is not application/json;charset=utf-8")
		return
	}
	for part := range strings.SplitSeq(value, ",") {
		if media := api.MediaType(part); media == "*/*" || media == "application/*" || strings.EqualFold(media, "application/json") {
			r.mark(hdr14, Kept, "")
			return
		}
	}
	r.mark(hdr14, Broken, "Accept does not take JSON")
}

// identity judges the two headers that describe the device.
func (r *reader) identity() {
	w := &r.w
	if w.op != api.OpRegister && w.op != api.OpToken {
		required := w.op.Describe().DeviceHeaders || r.options.Strict && w.op != api.OpAuthenticate
		if required {
			r.rule(hdr02, w.header.Has("AP-Device-Identifier"), "no AP-Device-Identifier")
			r.deviceInfo(hdr03)
		}
	}
	if r.last.identifier != "" {
		r.rule(hdr07, r.last.sound, "AP-Device-Identifier is not fingerprint, a space and base64")
		if r.last.decoded {
			r.rule(hdr08, r.last.digest, "the identifier has not the form of a SHA-256")
		}
	}
	if r.last.platform == "" {
		return
	}
	about := r.aboutDevice(r.last.platform)
	switch {
	case about.problem != "":
		r.mark(hdr09, Broken, about.problem)
	case about.doubt:
		r.mark(hdr09, Undecidable, "X-Device-Info lacks a required key or holds a value that no platform is known to send")
	default:
		r.mark(hdr09, Kept, "")
	}
	r.e.model, r.e.about = about.model, about.info
	if r.options.ServerSide && about.readable {
		r.rule(hdr10, about.connection, "X-Device-Info has no connectionIp and connectionPort")
	}
}

// aboutDevice is what one value of X-Device-Info says.
type aboutDevice struct {
	problem, model string
	// doubt: what it lacks or holds is worth a look and no breach.
	doubt bool
	// readable: it could be decoded; connection: it names address and port.
	readable, connection bool
	// info is what of it names a kind of device.
	info api.DeviceInfo
}

// maxAbout bounds the values that are remembered.
const maxAbout = 1024

// aboutDevice judges a value of X-Device-Info, which is the same on most
// requests of a device.
func (r *reader) aboutDevice(value string) aboutDevice {
	if about, ok := r.about[r.e.platform]; ok {
		return about
	}
	info, err := api.ParseDeviceInfo(value)
	about := aboutDevice{readable: err == nil}
	if r.names {
		about.model, about.info = modelOf(info), publicInfo(info)
	}
	switch {
	case err != nil:
		about.problem = "X-Device-Info is not base64 of a JSON object"
	case r.options.Strict && !api.StrictBase64(value):
		about.problem = "X-Device-Info is not in the standard, padded alphabet"
	case r.options.Strict && len(info.Validate(true)) > 0:
		about.problem = "X-Device-Info lacks a required key or holds a value that is not allowed"
	default:
		about.doubt = len(info.Validate(false)) > 0
	}
	_, ip := info.Get("connectionIp")
	_, port := info.Get("connectionPort")
	about.connection = ip && port
	if r.about == nil || len(r.about) >= maxAbout {
		r.about = map[uint64]aboutDevice{}
	}
	r.about[r.e.platform] = about
	return about
}

// modelOf names a device by its model and system.
func modelOf(info api.DeviceInfo) string {
	var words []string
	for _, key := range []string{"model", "osName"} {
		if value, ok := info.Get(key); ok {
			if text, ok := value.(string); ok && showable(text) {
				words = append(words, text)
			}
		}
	}
	return strings.Join(words, ", ")
}

// showable reports whether a text reads like the name of a product.
func showable(s string) bool {
	if s == "" || len(s) > 30 {
		return false
	}
	return strings.IndexFunc(s, func(c rune) bool {
		return c != ' ' && c != '-' && c != '.' && c != ',' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z')
	}) < 0
}

// deviceInfo judges whether X-Device-Info is there. Browsers may leave it to
// the service.
func (r *reader) deviceInfo(n number) {
	switch {
	case r.w.header.Has("X-Device-Info"):
		r.mark(n, Kept, "")
	case r.e.browser && !r.options.Strict:
	default:
		r.mark(n, Broken, "no X-Device-Info")
	}
}

// isDigest reports whether an identifier is 32 bytes, or 64 hex digits.
func isDigest(id string) bool {
	return len(id) == 32 || len(id) == 64 && strings.Trim(strings.ToLower(id), "0123456789abcdef") == ""
}

func (r *reader) forwarded() {
	if !r.options.ServerSide || r.w.op == api.OpAuthenticate {
		return
	}
	value := r.w.header.Get("X-Forwarded-For")
	dcr := r.w.op == api.OpRegister || r.w.op == api.OpToken
	switch {
	case value != "":
		r.mark(thr04, Kept, "")
	case dcr && !r.options.Strict:
		r.mark(thr04, Undecidable, "no X-Forwarded-For on a registration or token request (A-14)")
		return
	default:
		r.mark(thr04, Broken, "no X-Forwarded-For")
		return
	}
	a, err := netip.ParseAddr(strings.TrimSpace(value))
	r.rule(thr05, err == nil && !a.IsLoopback() && !a.IsPrivate(), "X-Forwarded-For is not one public address")
}

// partnerStatus judges AP-Partner-Framework-Status where the partner flow needs
// it, and wherever it comes.
func (r *reader) partnerStatus() {
	w := &r.w
	value := w.header.Get("AP-Partner-Framework-Status")
	if value == "" {
		if w.op == api.OpSSOSessions || w.op == api.OpSSOProfiles {
			r.mark(hdr11, Broken, "no AP-Partner-Framework-Status in the partner flow")
		}
		return
	}
	plain, err := decode64(value)
	var doc jsondoc.Doc
	if err != nil || doc.Parse([]byte(plain)) != nil {
		r.mark(hdr11, Broken, "AP-Partner-Framework-Status is not base64 of a JSON object")
		return
	}
	status := doc.Root().Get("frameworkPermissionInfo").Get("accessStatus")
	provider := doc.Root().Get("frameworkProviderInfo")
	granted := status.TextEquals("granted")
	complete := status.Kind() == jsondoc.String && provider.Kind() == jsondoc.Object &&
		(!granted || provider.Get("id").Text() != "" && strings.Trim(provider.Get("expirationDate").Text(), "0123456789") == "" && provider.Get("expirationDate").Text() != "")
	r.rule(hdr11, complete, "AP-Partner-Framework-Status lacks a member that it needs")
	if complete {
		ends := millis(provider.Get("expirationDate").Text())
		r.rule(hdr16, granted && ends > r.e.sent, "the partner status is not granted, or has ended")
	}
}

// millis reads milliseconds since 1970 as nanoseconds.
func millis(digits string) int64 {
	n := int64(0)
	for i := range len(digits) {
		n = min(n*10+int64(digits[i]-'0'), 1<<42)
	}
	return n * 1_000_000
}

// decode64 decodes either alphabet, padded or not.
func decode64(s string) (string, error) {
	s = standardAlphabet.Replace(strings.TrimRight(s, "="))
	plain, err := base64.RawStdEncoding.DecodeString(s)
	return string(plain), err
}

var standardAlphabet = strings.NewReplacer("-", "+", "_", "/")

func decodes(s string) bool {
	_, err := decode64(s)
	return err == nil
}
