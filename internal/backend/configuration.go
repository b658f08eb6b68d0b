package backend

// configuration answers GET configuration in the shape of the page's sample,
// with time beside it.
func (s *Service) configuration(c *call) {
	s.json(c, 200)
	device := s.devices.lookup(c.in.Header.Get("X-Device-Info"))
	b := append(c.out.Body, `{"requestor":{`...)
	b = appendMember(b, "id", c.params.ServiceProvider)
	b = append(b, ',')
	b = appendMember(b, "name", c.params.ServiceProvider)
	b = append(b, `,"domains":[{"name":"tv.example.com","mvpdInitiated":false}],"mvpds":`...)
	b = append(b, s.listing()...)
	b = append(b, `},`...)
	b = appendMember(b, "device", device.hardware)
	b = append(b, ',')
	b = appendMember(b, "os", device.os)
	b = append(b, `,"clientType":"simulated","errorReporting":{"enabled":false},`...)
	b = appendMillis(b, "time", c.now, false)
	c.out.Body = append(b, '}')
}

// listing is the array of the listed MVPDs, made once.
func (s *Service) listing() []byte {
	if s.mvpds.listing != nil {
		return s.mvpds.listing
	}
	b := []byte{'['}
	for _, m := range s.mvpds.list {
		if !m.listed {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(b, '{')
		b = appendMember(b, "id", m.id)
		if !s.faults.has(configDisplayName) {
			b = append(b, ',')
			b = appendMember(b, "displayName", m.name)
		}
		b = append(b, `,"logoUrl":"https://logos.mvpd.example/`...)
		b = appendSegment(b, m.id)
		b = append(b, `.png","isTempPass":false,"isProxy":false,"boardingStatus":"SUPPORTED",`...)
		b = appendMember(b, "platformMappingId", m.id)
		b = append(b, `,"enablePlatformServices":true,"displayInPlatformPicker":true,"enforcePlatformPermissions":true}`...)
	}
	s.mvpds.listing = append(b, ']')
	return s.mvpds.listing
}
