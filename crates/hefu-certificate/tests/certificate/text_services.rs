//! What OpenSSL reads in the samples: authorities, their signers, TLS.

use gm_suite::KeyAlgorithm::{P256, Sm2};
use insta::assert_snapshot;

use crate::text::text;

#[test]
fn a_root_signs_itself() {
    assert_snapshot!(text(Sm2, "root"), @r"
    Serial Number:
        41:01:01:01:01:01:01:01:01:01:01:01:01:01:01:01
    Signature Algorithm: SM2-with-SM3
    Issuer: C=CN, O=合符示例, CN=合符示例根
    Validity
        Not Before: Jan  1 00:00:00 2026 GMT
        Not After : Dec 31 23:59:59 2045 GMT
    Subject: C=CN, O=合符示例, CN=合符示例根
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            87:BC:40:0D:A6:A4:4E:73:26:FF:20:F5:CC:AA:84:29:29:A5:C8:7E
        X509v3 Subject Key Identifier:
            87:BC:40:0D:A6:A4:4E:73:26:FF:20:F5:CC:AA:84:29:29:A5:C8:7E
        X509v3 Key Usage: critical
            Certificate Sign, CRL Sign
        X509v3 Basic Constraints: critical
            CA:TRUE
    ");
}

#[test]
fn an_issuing_authority_stands_below_it() {
    assert_snapshot!(text(Sm2, "issuing"), @r"
    Serial Number:
        42:02:02:02:02:02:02:02:02:02:02:02:02:02:02:02
    Signature Algorithm: SM2-with-SM3
    Issuer: C=CN, O=合符示例, CN=合符示例根
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 21 07:59:59 2036 GMT
    Subject: C=CN, O=合符示例, CN=合符示例签发机构
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            87:BC:40:0D:A6:A4:4E:73:26:FF:20:F5:CC:AA:84:29:29:A5:C8:7E
        X509v3 Subject Key Identifier:
            88:BE:D1:49:1F:B0:CF:1C:8B:29:F6:01:89:F1:3F:DA:79:2F:7D:06
        X509v3 Key Usage: critical
            Certificate Sign, CRL Sign
        X509v3 Basic Constraints: critical
            CA:TRUE, pathlen:0
        X509v3 Certificate Policies:
            Policy: X509v3 Any Policy
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/sm2-root.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/sm2-root.crt
    ");
}

#[test]
fn an_ocsp_signer_has_no_check() {
    assert_snapshot!(text(Sm2, "ocsp-signer"), @r"
    Serial Number:
        43:03:03:03:03:03:03:03:03:03:03:03:03:03:03:03
    Signature Algorithm: SM2-with-SM3
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Feb 20 07:59:59 2027 GMT
    Subject: C=CN, O=合符示例, CN=OCSP 1
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            88:BE:D1:49:1F:B0:CF:1C:8B:29:F6:01:89:F1:3F:DA:79:2F:7D:06
        X509v3 Subject Key Identifier:
            FB:E6:3A:FC:5C:17:A4:9E:B1:21:46:AE:F1:13:B6:D6:18:E7:93:72
        X509v3 Key Usage: critical
            Digital Signature
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage:
            OCSP Signing
        Authority Information Access:
            CA Issuers - URI:http://ca.example.cn/ca/sm2.crt
        OCSP No Check:
    ");
}

#[test]
fn a_time_stamp_signer_has_one_critical_purpose() {
    assert_snapshot!(text(Sm2, "timestamp-signer"), @r"
    Serial Number:
        43:03:03:03:03:03:03:03:03:03:03:03:03:03:03:03
    Signature Algorithm: SM2-with-SM3
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2029 GMT
    Subject: C=CN, O=合符示例, CN=TSA 1
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            88:BE:D1:49:1F:B0:CF:1C:8B:29:F6:01:89:F1:3F:DA:79:2F:7D:06
        X509v3 Subject Key Identifier:
            FB:E6:3A:FC:5C:17:A4:9E:B1:21:46:AE:F1:13:B6:D6:18:E7:93:72
        X509v3 Key Usage: critical
            Digital Signature, Non Repudiation
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage: critical
            Time Stamping
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.7
              CPS: http://ca.example.cn/cps
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/sm2.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/sm2.crt
    ");
}

#[test]
fn a_tls_server_is_named_in_its_alternative_names() {
    assert_snapshot!(text(P256, "tls-server"), @r"
    Serial Number:
        43:03:03:03:03:03:03:03:03:03:03:03:03:03:03:03
    Signature Algorithm: ecdsa-with-SHA256
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Feb 20 07:59:59 2027 GMT
    Subject: C=CN, CN=www.example.cn
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            5D:AB:E2:29:98:BF:D5:3A:8A:53:60:E3:61:F4:B4:8B:BC:58:AE:6D
        X509v3 Subject Key Identifier:
            45:DE:FC:68:65:E9:BE:4A:5A:20:9D:12:B2:CB:B8:13:D9:CE:CC:C9
        X509v3 Key Usage: critical
            Digital Signature
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage:
            TLS Web Server Authentication
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.5
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/p256.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/p256.crt
        X509v3 Subject Alternative Name:
            DNS:www.example.cn, DNS:example.cn
    ");
}

#[test]
fn a_tlcp_server_has_a_pair() {
    assert_snapshot!(text(Sm2, "tls-server-sm2.sign"), @r"
    Serial Number:
        43:03:03:03:03:03:03:03:03:03:03:03:03:03:03:03
    Signature Algorithm: SM2-with-SM3
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2027 GMT
    Subject: C=CN, CN=www.example.cn
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            88:BE:D1:49:1F:B0:CF:1C:8B:29:F6:01:89:F1:3F:DA:79:2F:7D:06
        X509v3 Subject Key Identifier:
            FB:E6:3A:FC:5C:17:A4:9E:B1:21:46:AE:F1:13:B6:D6:18:E7:93:72
        X509v3 Key Usage: critical
            Digital Signature
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage:
            TLS Web Server Authentication
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.5
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/sm2.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/sm2.crt
        X509v3 Subject Alternative Name:
            DNS:www.example.cn, DNS:example.cn
    ");
    assert_snapshot!(text(Sm2, "tls-server-sm2.encrypt"), @r"
    Serial Number:
        44:04:04:04:04:04:04:04:04:04:04:04:04:04:04:04
    Signature Algorithm: SM2-with-SM3
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2027 GMT
    Subject: C=CN, CN=www.example.cn
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            88:BE:D1:49:1F:B0:CF:1C:8B:29:F6:01:89:F1:3F:DA:79:2F:7D:06
        X509v3 Subject Key Identifier:
            FB:E6:3A:FC:5C:17:A4:9E:B1:21:46:AE:F1:13:B6:D6:18:E7:93:72
        X509v3 Key Usage: critical
            Key Encipherment, Data Encipherment, Key Agreement
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage:
            TLS Web Server Authentication
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.5
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/sm2.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/sm2.crt
        X509v3 Subject Alternative Name:
            DNS:www.example.cn, DNS:example.cn
    ");
}

#[test]
fn a_tls_client_only_logs_in() {
    assert_snapshot!(text(Sm2, "tls-client"), @r"
    Serial Number:
        43:03:03:03:03:03:03:03:03:03:03:03:03:03:03:03
    Signature Algorithm: SM2-with-SM3
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2027 GMT
    Subject: C=CN, O=示例科技有限公司, CN=客户端一
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            88:BE:D1:49:1F:B0:CF:1C:8B:29:F6:01:89:F1:3F:DA:79:2F:7D:06
        X509v3 Subject Key Identifier:
            FB:E6:3A:FC:5C:17:A4:9E:B1:21:46:AE:F1:13:B6:D6:18:E7:93:72
        X509v3 Key Usage: critical
            Digital Signature
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage:
            TLS Web Client Authentication
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.6
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/sm2.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/sm2.crt
    ");
}

#[test]
fn a_p256_root_names_its_algorithm() {
    assert_snapshot!(text(P256, "root"), @r"
    Serial Number:
        41:01:01:01:01:01:01:01:01:01:01:01:01:01:01:01
    Signature Algorithm: ecdsa-with-SHA256
    Issuer: C=CN, O=合符示例, CN=合符示例根
    Validity
        Not Before: Jan  1 00:00:00 2026 GMT
        Not After : Dec 31 23:59:59 2045 GMT
    Subject: C=CN, O=合符示例, CN=合符示例根
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            22:1B:54:D6:53:C0:7E:68:EC:2B:AD:FF:02:58:2A:17:28:A7:42:3B
        X509v3 Subject Key Identifier:
            22:1B:54:D6:53:C0:7E:68:EC:2B:AD:FF:02:58:2A:17:28:A7:42:3B
        X509v3 Key Usage: critical
            Certificate Sign, CRL Sign
        X509v3 Basic Constraints: critical
            CA:TRUE
    ");
}
