#!/bin/bash
# The chains, CRLs and OCSP answers of this folder, made by stock OpenSSL 3.0 (SM2 with the ID 1234567812345678).
# Kept as files so that tests need neither OpenSSL nor a clock; run again only to add a case: keys are new each time,
# and the OCSP answers carry the time of the run (good for 3,650 days).
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
id=distid:1234567812345678

cat > "$work/ca.cnf" <<'CNF'
[ca]
default_ca = it
[it]
database = $ENV::DB
new_certs_dir = $ENV::NEW
default_md = sha256
policy = any
unique_subject = no
crlnumber = $ENV::DB.number
serial = $ENV::DB.serial
rand_serial = yes
[any]
countryName = optional
organizationName = optional
commonName = optional
emailAddress = optional
[req]
distinguished_name = dn
[dn]
CNF
export NEW=$work/new; mkdir "$NEW"

key() { # suite name
    case $1 in
        p256) openssl ecparam -name prime256v1 -genkey -noout -out "$work/$1-$2.key" ;;
        rsa) openssl genrsa -out "$work/$1-$2.key" 2048 2>/dev/null ;;
        sm2) openssl ecparam -name SM2 -genkey -noout -out "$work/$1-$2.key" ;;
    esac
}

# suite issuer name subject start end: extensions on standard input; "self" issues itself; NAME=key reuses a key
issue() {
    local suite=$1 issuer=$2 name=${3%%=*} keyname=${3##*=} subject=$4 start=$5 end=$6
    export DB=$work/$suite-$issuer.txt; touch "$DB"; [ -f "$DB.number" ] || echo 01 > "$DB.number"
    cat > "$work/ext"
    [ -f "$work/$suite-$keyname.key" ] || key "$suite" "$keyname"
    local md=sha256 sign=() check=()
    if [ "$suite" = sm2 ]; then md=sm3; sign=(-sigopt $id); check=(-vfyopt $id); fi
    openssl req -new -$md -utf8 -key "$work/$suite-$keyname.key" -subj "$subject" -config "$work/ca.cnf" "${sign[@]}" -out "$work/csr" 2>/dev/null
    local by=(-cert "$suite-$issuer.crt" -keyfile "$work/$suite-${issuer%%=*}.key")
    [ "$issuer" = self ] && by=(-selfsign -keyfile "$work/$suite-$keyname.key")
    openssl ca -config "$work/ca.cnf" -batch -notext -preserveDN -utf8 -md $md "${sign[@]}" "${check[@]}" "${by[@]}" \
        -in "$work/csr" -extfile "$work/ext" -startdate "$start" -enddate "$end" -out "$suite-$name.crt" 2>"$work/log" || { cat "$work/log"; exit 1; }
}

crl() { # suite issuer file last next
    export DB=$work/$1-$2.txt; touch "$DB"; [ -f "$DB.number" ] || echo 01 > "$DB.number"
    local md=sha256 sign=()
    if [ "$1" = sm2 ]; then md=sm3; sign=(-sigopt $id); fi
    openssl ca -config "$work/ca.cnf" -gencrl -md $md "${sign[@]}" -cert "$1-$2.crt" -keyfile "$work/$1-$2.key" \
        -crlexts "${6:-no_section}" -crl_lastupdate "$4" -crl_nextupdate "$5" -out "$1-$3.crl" 2>"$work/log" || {
        openssl ca -config "$work/ca.cnf" -gencrl -md $md "${sign[@]}" -cert "$1-$2.crt" -keyfile "$work/$1-$2.key" \
            -crl_lastupdate "$4" -crl_nextupdate "$5" -out "$1-$3.crl" 2>"$work/log" || { cat "$work/log"; exit 1; }
    }
}

mark() { # suite issuer name date,reason: what the issuer's index says of a certificate
    export DB=$work/$1-$2.txt
    local serial; serial=$(openssl x509 -in "$1-$3.crt" -noout -serial | cut -d= -f2)
    awk -F'\t' -v OFS='\t' -v s="$serial" -v d="$4" '$4==s {$1="R"; $3=d} {print}' "$DB" > "$DB.new" && mv "$DB.new" "$DB"
}

ocsp() { # suite issuer name signer file
    local sign=() md=sha256
    if [ "$1" = sm2 ]; then sign=(-rsigopt $id); md=sm3; fi
    openssl ocsp -sha1 -issuer "$1-$2.crt" -cert "$1-$3.crt" -no_nonce -reqout "$work/req" 2>/dev/null
    openssl ocsp -index "$work/$1-$2.txt" -CA "$1-$2.crt" -rsigner "$1-$4.crt" -rkey "$work/$1-$4.key" -rmd $md "${sign[@]}" \
        -reqin "$work/req" -respout "$1-$5.ocsp" -ndays 3650 >/dev/null 2>"$work/log" || { cat "$work/log"; exit 1; }
}

ca="basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid"
ca0=${ca/CA:TRUE/CA:TRUE,pathlen:0}
end="basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid"
noaki="basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
subjectKeyIdentifier=none
authorityKeyIdentifier=none"
A=20200101000000Z B=20450101000000Z

for s in p256 rsa sm2; do
    issue $s self root "/C=CN/O=Hefu test/CN=Root $s" $A $B <<< "$ca"
    issue $s root issuing "/C=CN/O=Hefu test/CN=Issuing $s" 20210101000000Z 20400101000000Z <<< "$ca0"
    issue $s issuing leaf "/C=CN/O=Hefu test/CN=张三" 20260101000000Z 20290101000000Z <<< "$end"
    issue $s issuing expired "/C=CN/CN=expired" 20210101000000Z 20220101000000Z <<< "$end"
    issue $s issuing future "/C=CN/CN=future" 20350101000000Z 20360101000000Z <<< "$end"
    issue $s issuing revoked "/C=CN/CN=revoked" 20260101000000Z 20290101000000Z <<< "$end"
    issue $s issuing held "/C=CN/CN=held" 20260101000000Z 20290101000000Z <<< "$end"
    issue $s issuing responder "/C=CN/CN=responder" 20260101000000Z 20390101000000Z <<< "$end
extendedKeyUsage=OCSPSigning
noCheck=ignored"
    mark $s issuing revoked 260301000000Z,keyCompromise
    mark $s issuing held 260301000000Z,certificateHold
    crl $s root root 20260601000000Z 20260701000000Z
    crl $s issuing issuing 20260601000000Z 20260701000000Z
    crl $s issuing issuing-old 20260401000000Z 20260501000000Z
    ocsp $s issuing leaf responder good
    ocsp $s issuing revoked responder revoked
    ocsp $s issuing held responder held
    ocsp $s issuing leaf leaf stranger
    ocsp $s issuing leaf issuing direct
done

s=p256
# A root with the same name and another key, and leaves under it, with and without a key identifier.
issue $s self impostor "/C=CN/O=Hefu test/CN=Issuing $s" $A $B <<< "$ca"
issue $s impostor forged "/C=CN/CN=forged" 20260101000000Z 20290101000000Z <<< "$noaki"
issue $s impostor other-key "/C=CN/CN=other key" 20260101000000Z 20290101000000Z <<< "$end"
# Certificates issued by somebody who may not.
issue $s leaf below-leaf "/C=CN/CN=below leaf" 20260101000000Z 20290101000000Z <<< "$end"
issue $s issuing sub "/C=CN/CN=sub" 20260101000000Z 20390101000000Z <<< "$ca"
issue $s sub too-deep "/C=CN/CN=too deep" 20260101000000Z 20290101000000Z <<< "$end"
issue $s root no-sign "/C=CN/CN=no sign" $A $B <<< "${ca/keyCertSign,/}"
issue $s no-sign below-no-sign "/C=CN/CN=below no sign" 20260101000000Z 20290101000000Z <<< "$end"
issue $s issuing critical "/C=CN/CN=critical" 20260101000000Z 20290101000000Z <<< "$end
1.3.6.1.4.1.32473.77=critical,DER:0500"
# A revoked issuing CA.
issue $s root withdrawn "/C=CN/CN=withdrawn" $A $B <<< "$ca"
issue $s withdrawn below-withdrawn "/C=CN/CN=below withdrawn" 20260101000000Z 20290101000000Z <<< "$end"
mark $s root withdrawn 260301000000Z,CACompromise
crl $s root root-later 20260601000000Z 20260701000000Z
crl $s withdrawn withdrawn 20260601000000Z 20260701000000Z
# Two CAs that certify each other, and a way out of the circle.
issue $s self east "/CN=East" $A $B <<< "$ca"
issue $s self west "/CN=West" $A $B <<< "$ca"
issue $s west east-by-west=east "/CN=East" $A $B <<< "$ca"
issue $s east west-by-east=west "/CN=West" $A $B <<< "$ca"
issue $s root west-by-root=west "/CN=West" $A $B <<< "$ca"
issue $s east circle "/CN=circle" 20260101000000Z 20290101000000Z <<< "$end"
# Name constraints.
issue $s root named "/C=CN/O=Named/CN=named" $A $B <<< "$ca
nameConstraints=critical,@nc
[nc]
permitted;DNS.1=example.com
permitted;email.1=example.com
permitted;dirName.1=dn
permitted;IP.1=192.0.2.0/255.255.255.0
excluded;DNS.1=secret.example.com
[dn]
C=CN
O=Named"
issue $s named named-good "/C=CN/O=named/CN=good" 20260101000000Z 20290101000000Z <<< "$end
subjectAltName=DNS:www.example.com,email:li@example.com,IP:192.0.2.7"
issue $s named named-dns "/C=CN/O=Named/CN=dns" 20260101000000Z 20290101000000Z <<< "$end
subjectAltName=DNS:www.example.net"
issue $s named named-excluded "/C=CN/O=Named/CN=excluded" 20260101000000Z 20290101000000Z <<< "$end
subjectAltName=DNS:a.secret.example.com"
issue $s named named-dn "/C=CN/O=Other/CN=dn" 20260101000000Z 20290101000000Z <<< "$end"
issue $s named named-ip "/C=CN/O=Named/CN=ip" 20260101000000Z 20290101000000Z <<< "$end
subjectAltName=IP:198.51.100.7"
issue $s named named-email "/C=CN/O=Named/CN=email/emailAddress=li@example.net" 20260101000000Z 20290101000000Z <<< "$end"
# Policies, in the arc for documentation (RFC 5612).
issue $s root policy "/CN=policy" $A $B <<< "$ca
certificatePolicies=1.3.6.1.4.1.32473.1,1.3.6.1.4.1.32473.2
policyConstraints=critical,requireExplicitPolicy:0"
issue $s policy policy-good "/CN=policy good" 20260101000000Z 20290101000000Z <<< "$end
certificatePolicies=1.3.6.1.4.1.32473.1"
issue $s policy policy-none "/CN=policy none" 20260101000000Z 20290101000000Z <<< "$end"
issue $s policy policy-other "/CN=policy other" 20260101000000Z 20290101000000Z <<< "$end
certificatePolicies=1.3.6.1.4.1.32473.3"
issue $s root mapping "/CN=mapping" $A $B <<< "$ca
certificatePolicies=1.3.6.1.4.1.32473.1
policyMappings=1.3.6.1.4.1.32473.1:1.3.6.1.4.1.32473.11"
issue $s mapping mapped "/CN=mapped" 20260101000000Z 20290101000000Z <<< "$end
certificatePolicies=1.3.6.1.4.1.32473.11"
issue $s root anypolicy "/CN=any" $A $B <<< "$ca
certificatePolicies=anyPolicy"
issue $s anypolicy below-any "/CN=below any" 20260101000000Z 20290101000000Z <<< "$end
certificatePolicies=1.3.6.1.4.1.32473.5"
# Purposes.
issue $s issuing purpose "/CN=purpose" 20260101000000Z 20290101000000Z <<< "$end
extendedKeyUsage=serverAuth"
ls | wc -l
