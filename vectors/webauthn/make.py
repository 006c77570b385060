"""Makes es256.json: one passkey as another implementation writes it, judged by a third.

pip install fido2==1.2.0 webauthn==2.7.1; python make.py > es256.json

CBOR, COSE and authenticator data are those of python-fido2 (Yubico); py_webauthn (Duo) must accept every ceremony
before it is written. Keys and signatures are random: a new run gives another file that is as good.
"""
import json
import os
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import sha256
from fido2.webauthn import AttestedCredentialData, AuthenticatorData
from webauthn import verify_authentication_response, verify_registration_response

RP, ORIGIN = "ca.example", "https://ca.example:8443"
UP, UV, BE, BS, AT, ED = 1, 4, 8, 16, 64, 128


def text(octets):
    return urlsafe_b64encode(octets).decode().rstrip("=")


def client_data(kind, challenge):
    told = {"type": f"webauthn.{kind}", "challenge": text(challenge), "origin": ORIGIN, "crossOrigin": False}
    return json.dumps(told, separators=(",", ":")).encode()


def registration(key, credential, extra_flags=0, extensions=None):
    challenge = os.urandom(32)
    attested = AttestedCredentialData.create(os.urandom(16), credential, ES256.from_cryptography_key(key.public_key()))
    flags = UP | UV | AT | extra_flags | (ED if extensions else 0)
    data = AuthenticatorData.create(sha256(RP.encode()), flags, 0, attested, extensions)
    said = client_data("create", challenge)
    response = {
        "clientDataJSON": text(said),
        "attestationObject": text(cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(data)})),
    }
    told = {"id": text(credential), "rawId": text(credential), "response": response, "type": "public-key"}
    found = verify_registration_response(
        credential=told, expected_challenge=challenge, expected_rp_id=RP, expected_origin=ORIGIN, require_user_verification=True
    )
    assert found.credential_id == credential
    return found.credential_public_key, {
        "challenge": text(challenge), "client_data": text(said), "authenticator_data": text(bytes(data)),
    }


def assertion(key, credential, public_key, counter, extra_flags=0):
    challenge = os.urandom(32)
    data = AuthenticatorData.create(sha256(RP.encode()), UP | UV | extra_flags, counter)
    said = client_data("get", challenge)
    signature = key.sign(bytes(data) + sha256(said), ec.ECDSA(hashes.SHA256()))
    response = {"clientDataJSON": text(said), "authenticatorData": text(bytes(data)), "signature": text(signature)}
    told = {"id": text(credential), "rawId": text(credential), "response": response, "type": "public-key"}
    verify_authentication_response(
        credential=told, expected_challenge=challenge, expected_rp_id=RP, expected_origin=ORIGIN,
        credential_public_key=public_key, credential_current_sign_count=0, require_user_verification=True,
    )
    return {
        "challenge": text(challenge), "client_data": text(said), "authenticator_data": text(bytes(data)),
        "signature": text(signature), "counter": counter,
    }


def passkey(extra_flags=0, extensions=None):
    key, credential = ec.generate_private_key(ec.SECP256R1()), os.urandom(32)
    public_key, registered = registration(key, credential, extra_flags, extensions)
    spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    asserted = [assertion(key, credential, public_key, counter, extra_flags) for counter in (1, 2)]
    return {"credential": text(credential), "spki": spki.hex(), "registration": registered, "assertions": asserted}


print(json.dumps({
    "rp_id": RP, "origin": ORIGIN,
    "of_one_device": passkey(),
    "with_extensions": passkey(extensions={"credProtect": 2}),
    "synced": passkey(BE | BS),
}, indent=1))
