package api

import (
	"mime"
	"strings"
	"testing"
)

func TestMediaTypesCompareWithoutCaseAndParameters(t *testing.T) {
	tests := []struct {
		contentType      string
		json, html, form bool
		charset          string
	}{
		{"", false, false, false, ""},
		{"application/json", true, false, false, ""},
		{"application/json;charset=utf-8", true, false, false, "utf-8"},
		{"application/json;charset=UTF-8", true, false, false, "UTF-8"},
		{`Application/JSON ; Charset="utf-8"`, true, false, false, "utf-8"},
		{`application/json; x="a;charset=b"; charset = latin1 `, true, false, false, "latin1"},
		{`application/json; charset="u\tf-8"`, true, false, false, "utf-8"},
		{`application/json; charset="utf-8`, true, false, false, `"utf-8`},
		{"application/json; charset", true, false, false, ""},
		{"application/json; charset=a; charset=b", true, false, false, "a"},
		{"application/jsonp", false, false, false, ""},
		{"application/problem+json", false, false, false, ""},
		{"text/html; charset=utf-8", false, true, false, "utf-8"},
		{"TEXT/HTML", false, true, false, ""},
		{"application/x-www-form-urlencoded", false, false, true, ""},
	}
	for _, tt := range tests {
		if IsJSON(tt.contentType) != tt.json || IsHTML(tt.contentType) != tt.html || IsForm(tt.contentType) != tt.form {
			t.Errorf("%q: json %v, html %v, form %v", tt.contentType, IsJSON(tt.contentType), IsHTML(tt.contentType), IsForm(tt.contentType))
		}
		if got := Charset(tt.contentType); got != tt.charset {
			t.Errorf("Charset(%q) = %q, want %q", tt.contentType, got, tt.charset)
		}
		if got, want := IsUTF8(tt.contentType), strings.EqualFold(tt.charset, "utf-8"); got != want {
			t.Errorf("IsUTF8(%q) = %v", tt.contentType, got)
		}
	}
}

func TestCommonMediaTypesCostNoMemory(t *testing.T) {
	n := testing.AllocsPerRun(100, func() {
		if !IsJSON(`application/json; charset="UTF-8"`) || !IsUTF8(`application/json; charset="UTF-8"`) || IsHTML("text/plain") {
			t.Fail()
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzMediaParam(f *testing.F) {
	f.Add(`application/json; charset="utf-8"`)
	f.Add(`a/b; x="\";charset=c"; charset=d`)
	f.Add(`a/b;"`)
	f.Fuzz(func(t *testing.T, contentType string) {
		got, ok := MediaParam(contentType, "charset")
		if !ok && got != "" {
			t.Fatalf("MediaParam(%q) = %q, absent", contentType, got)
		}
		// Wherever the standard library accepts a value, it reads the same.
		media, params, err := mime.ParseMediaType(contentType)
		if err == nil && !strings.Contains(contentType, "*") && params["charset"] != "" &&
			!strings.Contains(contentType, `\`) && (params["charset"] != got || !strings.EqualFold(media, MediaType(contentType))) {
			t.Fatalf("MediaParam(%q) = %q, want %q", contentType, got, params["charset"])
		}
	})
}
