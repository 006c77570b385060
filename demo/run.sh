#!/bin/bash
# The main job, shown: a certification service from an empty folder, three real applications by openssl, and every
# result checked by openssl. usage: [ONCE=1] demo/run.sh BINARIES FOLDER [ADDRESS]
set -euo pipefail
bin=$(cd "$1" && pwd)
mkdir -p "$2"
home=$(cd "$2" && pwd)
listen=${3:-127.0.0.1:8440}
url=http://$listen
door=${listen%:*}:$((${listen##*:} + 3))
id=distid:1234567812345678
export HEFU_URL=$url
work=$(mktemp -d)
failed=0

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
# Runs a command and says whether it held; its output is shown only when it did not.
check() {
  local what=$1; shift
  if "$@" >"$work/out" 2>&1; then printf '  ✓ %s\n' "$what"; else printf '  ✗ %s\n' "$what"; sed 's/^/      /' "$work/out"; failed=$((failed + 1)); fi
}
# The same, for what must be refused.
refused() { local what=$1; shift; if "$@" >"$work/out" 2>&1; then printf '  ✗ %s (was accepted)\n' "$what"; failed=$((failed + 1)); else printf '  ✓ %s\n' "$what"; fi; }
field() { sed -n 's/^ *"'"$1"'": *"\([^"]*\)".*/\1/p' | head -1; }
as() { HEFU_TOKEN_FILE=$home/officers/$1.token "$bin/hefu" "${@:2}"; }

say "1  建立：根证书、签发机构、RA、KMC、操作员 · roots, authorities, RA, KMC, officers"
if [ ! -f "$home/hefud.toml" ]; then
  "$bin/hefu" init "$home" --listen "$listen" --tls-listen "$door" --public-url "$url" --name "Hefu Demo CA"
else
  echo "  $home 已经建立，沿用 · is there already and is used again"
fi
cd "$home"

"$bin/hefud" all --config hefud.toml 2>>hefud.log &
daemon=$!
end() { kill "$daemon" 2>/dev/null || true; wait "$daemon" 2>/dev/null || true; rm -rf "$work"; }
trap end EXIT
for _ in $(seq 200); do curl -fsS -o /dev/null "$url/healthz" 2>/dev/null && break; kill -0 "$daemon" 2>/dev/null || { tail -5 hefud.log; exit 1; }; sleep 0.05; done
curl -fsS -o /dev/null "$url/healthz" || { echo "hefud 没有应答 · does not answer"; tail -5 hefud.log; exit 1; }
echo "  hefud 正在 $url 运行 · is running"

# Puts the sample texts of `hefu init` in force, once.
as entry --json text show contract >/dev/null 2>&1 || for text in notice contract; do as super-administrator --json text publish "texts/$text.json" >/dev/null; done

# file_of SIGNATORY JSON PAPER...: an applicant's file with consent, papers, notice acknowledged and contract signed; sets
# applicant, notice, contract. The papers of the demo are pictures and documents of nothing.
base64 -d >"$work/paper.png" <<<'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
echo '同意使用人像核验身份 · consent to the use of a portrait' >"$work/consent.txt"
file_of() {
  local signatory=$1 json=$2 paper; shift 2
  echo "$json" >"$work/applicant.json"
  applicant=$(as entry --json applicant register "$work/applicant.json" | field id)
  as entry --json applicant consent "$applicant" --text-version demo --text "$work/consent.txt" >/dev/null
  for paper in "$@"; do as entry --json applicant evidence "$applicant" "$paper" "$work/paper.png" >/dev/null; done
  notice=$(as entry --json agreement acknowledge "$applicant" | field id)
  contract=$(as entry --json agreement sign "$applicant" --signed-by "$signatory" | field id)
  echo "  $signatory: 已立档案，已告知，已签合同 · file opened, notice acknowledged, contract signed"
}

# stand NAME PROFILE CSR SUBJECT...: one application out of the file, identity checked for it, approved by another officer.
stand() {
  local name=$1 profile=$2 csr=$3; shift 3
  local subject=() application check
  for pair in "$@"; do subject+=(--subject "$pair"); done
  refused "没有档案中的证明，经办人员的陈述不够 · an officer's words are not enough" as entry apply "$csr" --profile "$profile" --applicant "$applicant" "${subject[@]}" --notice 1 --contract 1 --signed-by "$name"
  application=$(as entry --json apply "$csr" --profile "$profile" --applicant "$applicant" --notice-proof "$notice" --contract-proof "$contract" "${subject[@]}" | field id)
  refused "未查验身份不能审批 · no approval without a check of identity" as approver approve "$application" --issue
  check=$(as entry --json applicant check "$applicant" --about "$application" | field id)
  as entry --json identify "$application" --check "$check" >/dev/null
  finish "$name" "$profile" "$application"
}

# finish NAME PROFILE APPLICATION: approved by another officer than the one who entered it.
finish() {
  local name=$1 profile=$2 application=$3
  refused "录入的操作员不能审批 · the officer who entered it may not approve" as entry approve "$application" --issue
  rm -rf "$work/$profile"; mkdir "$work/$profile"
  as approver --json approve "$application" --issue --out "$work/$profile" >"$work/$profile.json"
  echo "  $name: 已审批、签发 · approved and issued"
}

# walk NAME PROFILE CSR SUBJECT...: one application for a server, entered by one officer, approved by another.
walk() {
  local name=$1 profile=$2 csr=$3; shift 3
  local subject=() application
  for pair in "$@"; do subject+=(--subject "$pair"); done
  application=$(as entry --json apply "$csr" --profile "$profile" "${subject[@]}" --notice 1 --contract 1 --signed-by "$name" --identity in-person --document original | field id)
  echo "  $name: 申请 $application 已录入 · entered"
  finish "$name" "$profile" "$application"
}

say "2  自然人：SM2 双证书 · a person: an SM2 pair"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out sign.key 2>/dev/null
openssl req -new -sm3 -sigopt $id -key sign.key -subj "/C=CN/CN=Zhang San" -out person.csr
file_of 张三 '{"person": {"name": "张三", "document": "resident-identity", "number": "11010119900307109X"}}' identity-document-front identity-document-back portrait
stand 张三 person-sm2 person.csr country=CN common_name=张三 identity_number=11010119900307109X
cp "$work/person-sm2/sign.crt" sign.crt; cp "$work/person-sm2/encrypt.crt" enc.crt; cp "$work/person-sm2/envelope.der" envelope.der
rm -f enc.key; "$bin/hefu" envelope open --key sign.key --envelope envelope.der --out enc.key >/dev/null

say "3  机构：RSA 单证书 · an organisation: RSA, single"
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out organisation.key 2>/dev/null
openssl req -new -key organisation.key -subj "/C=CN/O=Example/CN=Example" -out organisation.csr
file_of 示例科技有限公司 '{"organisation": {"name": "示例科技有限公司", "code": "91350100M000100Y43", "legal_representative": {"name": "李四", "document": "passport", "number": "E12345678"}}}' organisation-licence authorisation passport
stand 示例科技有限公司 organisation-international organisation.csr country=CN organisation=示例科技有限公司 common_name=示例科技有限公司 unified_social_credit_code=91350100M000100Y43

say "4  TLS 服务器：P-256 · a TLS server: P-256"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out server.key 2>/dev/null
openssl req -new -key server.key -subj "/CN=www.example.com" -out server.csr
walk www.example.com tls-server server.csr common_name=www.example.com dns=www.example.com

say "5  检查 · checks"
for authority in sm2 p256; do
  for file in "ca/$authority.crt" "ca/$authority-root.crt" "crl/$authority.crl"; do curl -fsS -o "$work/$(basename "$file")" "$url/$file"; done
done
pem() { openssl "$1" -inform DER -in "$2" -out "$3" 2>/dev/null || openssl "$1" -in "$2" -out "$3"; }
pem x509 "$work/sm2-root.crt" root.crt; pem x509 "$work/sm2.crt" ca.crt; cp "$work/sm2.crl" ca.crl
pem x509 "$work/p256-root.crt" root-p256.crt; pem x509 "$work/p256.crt" ca-p256.crt; cp "$work/p256.crl" ca-p256.crl
echo "$url/ocsp" >ocsp.url
curl -fsS -o records.checkpoint -H "Authorization: Bearer $(cat officers/auditor.token)" "$url/api/v1/records/ca/checkpoint"
organisation=$work/organisation-international/single.crt server=$work/tls-server/single.crt
sm2() { openssl verify -x509_strict -partial_chain -vfyopt $id -trusted "$1" "$2"; }
same_key() { [ "$(openssl pkey -in "$1" -pubout)" = "$(openssl x509 -in "$2" -noout -pubkey)" ]; }
round_trip() {
  openssl x509 -in enc.crt -noout -pubkey >"$work/enc.pub" && echo 合符 >"$work/plain" &&
    openssl pkeyutl -encrypt -pubin -inkey "$work/enc.pub" -in "$work/plain" -out "$work/cipher" &&
    openssl pkeyutl -decrypt -inkey enc.key -in "$work/cipher" | cmp - "$work/plain"
}
check "openssl: 签发机构由根签发（SM2）· issuing CA under its root" sm2 root.crt ca.crt
check "openssl: 签名证书有效 · signing certificate" sm2 ca.crt sign.crt
check "openssl: 加密证书有效 · encryption certificate" sm2 ca.crt enc.crt
check "签名证书是申请人的公钥 · the signing certificate holds the applicant's key" same_key sign.key sign.crt
check "信封里的私钥属于加密证书 · the enveloped key belongs to the encryption certificate" same_key enc.key enc.crt
check "openssl: 用加密证书加密、用信封里的私钥解密 · encrypt and decrypt with the pair" round_trip
check "openssl: 机构证书有效（RSA 公钥）· organisation's certificate" openssl verify -x509_strict -CAfile root-p256.crt -untrusted ca-p256.crt "$organisation"
check "openssl: 服务器证书有效 · server's certificate" openssl verify -x509_strict -purpose sslserver -verify_hostname www.example.com -CAfile root-p256.crt -untrusted ca-p256.crt "$server"
check "openssl: OCSP 良好 · OCSP says good" bash -c "openssl ocsp -issuer ca-p256.crt -cert '$server' -url '$url/ocsp' -CAfile root-p256.crt -verify_other ca-p256.crt 2>&1 | tee /dev/stderr | grep -q ': good'"
check "hefu: OCSP 良好（SM2，SM3 CertID）· OCSP, SM2" "$bin/hefu" ocsp sign.crt --issuer ca.crt --out "$work/sign.ocsp"
check "openssl: 撤销列表签名正确 · CRL" openssl crl -inform DER -in ca-p256.crl -CAfile ca-p256.crt -noout
check "hefu verify: 签名证书，含撤销列表和 OCSP · with CRL and OCSP" "$bin/hefu" verify sign.crt --trust root.crt --untrusted ca.crt --crl ca.crl --ocsp "$work/sign.ocsp"
check "hefu verify: 加密证书 · encryption certificate" "$bin/hefu" verify enc.crt --trust root.crt --untrusted ca.crt --crl ca.crl
for zone in ra ca kmc; do
  check "hefu records verify: $zone 的全部记录 · all records of $zone" "$bin/hefu" records verify "$zone/$zone.db" --key "$zone/records-$zone.pub"
done

say "6  浏览器登录 · log-in by browser"
if [ -f officers/entry.key ]; then
  openssl pkcs12 -export -in officers/entry.crt -inkey officers/entry.key -certfile door/root.crt -name entry -passout pass:hefu -out officers/entry.p12
  logs_in() { curl -fsS --noproxy '*' --cacert door/root.crt "$@" -o /dev/null -w '%{http_code} %{redirect_url}' -d next=/sessions "https://$door/login/certificate" | grep -q '^303 .*/sessions$'; }
  check "curl: 凭客户端证书登录 · a client certificate logs in" logs_in --cert-type P12 --cert officers/entry.p12:hefu
  refused "没有证书不能登录 · without one nobody does" logs_in
  echo "  浏览器登录 · by browser: https://$door/login  （officers/entry.p12，口令 passphrase: hefu；根证书 root: door/root.crt）"
fi

say "7  结果 · summary"
"$bin/hefu" show sign.crt || true
printf '\n  %s\n' "$(cd "$home" && ls -1 root.crt ca.crt sign.crt enc.crt sign.key enc.key envelope.der ca.crl ocsp.url records.checkpoint | tr '\n' ' ')"
if [ "$failed" -gt 0 ]; then echo "  $failed 项不成立 · checks failed"; exit 1; fi
echo "  全部成立 · all checks hold"
[ "${ONCE:-}" = 1 ] && exit 0
say "首页 · front page: $url/    （Ctrl-C 停止 · stops）"
wait "$daemon"
