# The simulator: dcrbench serve --listen 127.0.0.1:18080
T=${T:-http://127.0.0.1:18080}
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
DEVICE='AP-Device-Identifier: fingerprint YmEyM2QxNDEtZDcxNS01NjFj'

# Register once, with the statement that the simulator hands out.
printf '{"software_statement":"%s"}' "$(curl -sf "$T/_sim/software-statement")" > register.json
curl -sf "$T/o/client/register" -H 'Content-Type: application/json' -d @register.json > client.json

# Ask for an access token; it is good for six hours.
curl -sf "$T/o/client/token" -d grant_type=client_credentials \
  --data-urlencode "client_id=$(field client_id < client.json)" \
  --data-urlencode "client_secret=$(field client_secret < client.json)" > token.json
AUTH="Authorization: Bearer $(field access_token < token.json)"

# Call the protected API: what can be signed in to, and a code for signing in.
curl -sf "$T/api/v2/REF30/configuration" -H "$AUTH"; echo
curl -sf "$T/api/v2/REF30/sessions" -H "$AUTH" -H "$DEVICE" -d mvpd=Cablevision \
  -d domainName=tv.example.com -d redirectUrl=https://tv.example.com/signed-in > session.json
CODE=$(field code < session.json)

# The user signs in with a browser, which takes the simulator four seconds.
curl -sf -o /dev/null -w '%{http_code} %{redirect_url}\n' "$T/api/v2/authenticate/REF30/$CODE"
curl -sf "$T/api/v2/REF30/profiles/code/$CODE" -H "$AUTH"; echo
sleep 5
curl -sf "$T/api/v2/REF30/profiles/code/$CODE" -H "$AUTH"; echo

# Ask to play something.
curl -sf "$T/api/v2/REF30/decisions/authorize/Cablevision" -H "$AUTH" -H "$DEVICE" \
  -H 'Content-Type: application/json' -d '{"resources":["News"]}'; echo

# What the simulator has counted.
curl -sf "$T/_sim/ledger"; echo
