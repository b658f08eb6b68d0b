package audit

// number numbers the rules in the order of Rules.
type number uint8

const (
	dcr01 number = iota
	dcr02
	dcr03
	dcr04
	dcr05
	dcr06
	dcr07
	dcr08
	dcr09
	dcr10
	dcr11
	dcr12
	dcr13
	dcr14
	dcr15
	dcr16
	dcr17
	dcr18
	dcr19
	dcr20
	dcr21
	dcr22
	thr01
	thr02
	thr03
	thr04
	thr05
	cfg01
	cfg02
	cfg03
	cfg04
	cfg05
	aut01
	aut02
	aut03
	aut04
	aut05
	aut06
	aut07
	aut08
	aut09
	aut10
	aut11
	aut12
	pol01
	pol02
	pol03
	pol04
	pol05
	pol06
	pol07
	pre01
	pre02
	pre03
	pre04
	pre05
	pre06
	auz01
	auz02
	auz03
	auz04
	auz05
	auz06
	auz07
	auz08
	lgo01
	lgo02
	lgo03
	hdr01
	hdr02
	hdr03
	hdr04
	hdr05
	hdr06
	hdr07
	hdr08
	hdr09
	hdr10
	hdr11
	hdr12
	hdr13
	hdr14
	hdr15
	hdr16
	hdr17
	err01
	err02
	err03
	err04
	err05
	err06
	err07
	env01
	env02
	env03
	env04
	env05
	env06
	env07
	env08

	numRules
)

// rules is the table, in the order of the numbers.
var rules = joinRules(credentialRules, flowRules, formRules)

func joinRules(lists ...[]Rule) (all [numRules]Rule) {
	n := 0
	for _, list := range lists {
		n += copy(all[n:], list)
	}
	return all
}
