//! What OpenSSL reads in the samples: people and staff.

use gm_suite::KeyAlgorithm::{P256, Sm2};
use insta::assert_snapshot;

use crate::text::text;

#[test]
fn a_person_has_an_sm2_pair() {
    assert_snapshot!(text(Sm2, "person-sm2.sign"), @r"
    Serial Number:
        43:03:03:03:03:03:03:03:03:03:03:03:03:03:03:03
    Signature Algorithm: SM2-with-SM3
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2027 GMT
    Subject: C=CN, ST=北京市, CN=张三, serialNumber=H-0001
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            88:BE:D1:49:1F:B0:CF:1C:8B:29:F6:01:89:F1:3F:DA:79:2F:7D:06
        X509v3 Subject Key Identifier:
            FB:E6:3A:FC:5C:17:A4:9E:B1:21:46:AE:F1:13:B6:D6:18:E7:93:72
        X509v3 Key Usage: critical
            Digital Signature, Non Repudiation
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage:
            TLS Web Client Authentication, E-mail Protection, 1.3.6.1.5.5.7.3.36
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.1
              CPS: http://ca.example.cn/cps
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/sm2.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/sm2.crt
        X509v3 Subject Alternative Name:
            email:zhangsan@example.cn
        1.2.156.10260.4.1.1.1:
            ..11010519491231002X
    ");
    assert_snapshot!(text(Sm2, "person-sm2.encrypt"), @r"
    Serial Number:
        44:04:04:04:04:04:04:04:04:04:04:04:04:04:04:04
    Signature Algorithm: SM2-with-SM3
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2027 GMT
    Subject: C=CN, ST=北京市, CN=张三, serialNumber=H-0001
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            88:BE:D1:49:1F:B0:CF:1C:8B:29:F6:01:89:F1:3F:DA:79:2F:7D:06
        X509v3 Subject Key Identifier:
            FB:E6:3A:FC:5C:17:A4:9E:B1:21:46:AE:F1:13:B6:D6:18:E7:93:72
        X509v3 Key Usage: critical
            Key Encipherment, Data Encipherment, Key Agreement
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.1
              CPS: http://ca.example.cn/cps
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/sm2.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/sm2.crt
        X509v3 Subject Alternative Name:
            email:zhangsan@example.cn
        1.2.156.10260.4.1.1.1:
            ..11010519491231002X
    ");
}

#[test]
fn a_person_has_one_sm2_certificate() {
    assert_snapshot!(text(Sm2, "person-sm2-single"), @r"
    Serial Number:
        43:03:03:03:03:03:03:03:03:03:03:03:03:03:03:03
    Signature Algorithm: SM2-with-SM3
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2027 GMT
    Subject: C=CN, ST=北京市, CN=张三, serialNumber=H-0001
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            88:BE:D1:49:1F:B0:CF:1C:8B:29:F6:01:89:F1:3F:DA:79:2F:7D:06
        X509v3 Subject Key Identifier:
            FB:E6:3A:FC:5C:17:A4:9E:B1:21:46:AE:F1:13:B6:D6:18:E7:93:72
        X509v3 Key Usage: critical
            Digital Signature, Non Repudiation
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage:
            TLS Web Client Authentication, E-mail Protection, 1.3.6.1.5.5.7.3.36
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.1
              CPS: http://ca.example.cn/cps
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/sm2.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/sm2.crt
        X509v3 Subject Alternative Name:
            email:zhangsan@example.cn
        1.2.156.10260.4.1.1.1:
            ..11010519491231002X
    ");
}

#[test]
fn a_person_has_a_p256_certificate() {
    assert_snapshot!(text(P256, "person-p256"), @r"
    Serial Number:
        43:03:03:03:03:03:03:03:03:03:03:03:03:03:03:03
    Signature Algorithm: ecdsa-with-SHA256
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2027 GMT
    Subject: C=CN, ST=北京市, CN=张三, serialNumber=H-0001
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            5D:AB:E2:29:98:BF:D5:3A:8A:53:60:E3:61:F4:B4:8B:BC:58:AE:6D
        X509v3 Subject Key Identifier:
            45:DE:FC:68:65:E9:BE:4A:5A:20:9D:12:B2:CB:B8:13:D9:CE:CC:C9
        X509v3 Key Usage: critical
            Digital Signature, Non Repudiation
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage:
            TLS Web Client Authentication, E-mail Protection, 1.3.6.1.5.5.7.3.36
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.1
              CPS: http://ca.example.cn/cps
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/p256.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/p256.crt
        X509v3 Subject Alternative Name:
            email:zhangsan@example.cn
        1.2.156.10260.4.1.1.1:
            ..11010519491231002X
    ");
    assert_snapshot!(text(P256, "person-international"), @r"
    Serial Number:
        43:03:03:03:03:03:03:03:03:03:03:03:03:03:03:03
    Signature Algorithm: ecdsa-with-SHA256
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2027 GMT
    Subject: C=CN, ST=北京市, CN=张三, serialNumber=H-0001
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            5D:AB:E2:29:98:BF:D5:3A:8A:53:60:E3:61:F4:B4:8B:BC:58:AE:6D
        X509v3 Subject Key Identifier:
            45:DE:FC:68:65:E9:BE:4A:5A:20:9D:12:B2:CB:B8:13:D9:CE:CC:C9
        X509v3 Key Usage: critical
            Digital Signature, Non Repudiation
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage:
            TLS Web Client Authentication, E-mail Protection, 1.3.6.1.5.5.7.3.36
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.1
              CPS: http://ca.example.cn/cps
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/p256.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/p256.crt
        X509v3 Subject Alternative Name:
            email:zhangsan@example.cn
        1.2.156.10260.4.1.1.1:
            ..11010519491231002X
    ");
}

#[test]
fn staff_have_an_sm2_pair() {
    assert_snapshot!(text(Sm2, "staff-sm2.sign"), @r"
    Serial Number:
        43:03:03:03:03:03:03:03:03:03:03:03:03:03:03:03
    Signature Algorithm: SM2-with-SM3
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2027 GMT
    Subject: C=CN, O=示例科技有限公司, OU=财务部, title=会计, CN=李四, serialNumber=0042
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            88:BE:D1:49:1F:B0:CF:1C:8B:29:F6:01:89:F1:3F:DA:79:2F:7D:06
        X509v3 Subject Key Identifier:
            FB:E6:3A:FC:5C:17:A4:9E:B1:21:46:AE:F1:13:B6:D6:18:E7:93:72
        X509v3 Key Usage: critical
            Digital Signature, Non Repudiation
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage:
            TLS Web Client Authentication, E-mail Protection, 1.3.6.1.5.5.7.3.36
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.3
              CPS: http://ca.example.cn/cps
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/sm2.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/sm2.crt
        X509v3 Subject Alternative Name:
            email:lisi@example.cn
        1.2.156.10260.4.4:
            ..91350100M000100Y43
        1.2.156.10260.4.1.1.2:
            ..E12345678
    ");
    assert_snapshot!(text(Sm2, "staff-sm2.encrypt"), @r"
    Serial Number:
        44:04:04:04:04:04:04:04:04:04:04:04:04:04:04:04
    Signature Algorithm: SM2-with-SM3
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2027 GMT
    Subject: C=CN, O=示例科技有限公司, OU=财务部, title=会计, CN=李四, serialNumber=0042
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            88:BE:D1:49:1F:B0:CF:1C:8B:29:F6:01:89:F1:3F:DA:79:2F:7D:06
        X509v3 Subject Key Identifier:
            FB:E6:3A:FC:5C:17:A4:9E:B1:21:46:AE:F1:13:B6:D6:18:E7:93:72
        X509v3 Key Usage: critical
            Key Encipherment, Data Encipherment, Key Agreement
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.3
              CPS: http://ca.example.cn/cps
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/sm2.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/sm2.crt
        X509v3 Subject Alternative Name:
            email:lisi@example.cn
        1.2.156.10260.4.4:
            ..91350100M000100Y43
        1.2.156.10260.4.1.1.2:
            ..E12345678
    ");
}

#[test]
fn staff_have_one_certificate() {
    assert_snapshot!(text(Sm2, "staff-sm2-single"), @r"
    Serial Number:
        43:03:03:03:03:03:03:03:03:03:03:03:03:03:03:03
    Signature Algorithm: SM2-with-SM3
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2027 GMT
    Subject: C=CN, O=示例科技有限公司, OU=财务部, title=会计, CN=李四, serialNumber=0042
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            88:BE:D1:49:1F:B0:CF:1C:8B:29:F6:01:89:F1:3F:DA:79:2F:7D:06
        X509v3 Subject Key Identifier:
            FB:E6:3A:FC:5C:17:A4:9E:B1:21:46:AE:F1:13:B6:D6:18:E7:93:72
        X509v3 Key Usage: critical
            Digital Signature, Non Repudiation
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage:
            TLS Web Client Authentication, E-mail Protection, 1.3.6.1.5.5.7.3.36
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.3
              CPS: http://ca.example.cn/cps
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/sm2.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/sm2.crt
        X509v3 Subject Alternative Name:
            email:lisi@example.cn
        1.2.156.10260.4.4:
            ..91350100M000100Y43
        1.2.156.10260.4.1.1.2:
            ..E12345678
    ");
}

#[test]
fn staff_have_a_p256_certificate() {
    assert_snapshot!(text(P256, "staff-p256"), @r"
    Serial Number:
        43:03:03:03:03:03:03:03:03:03:03:03:03:03:03:03
    Signature Algorithm: ecdsa-with-SHA256
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2027 GMT
    Subject: C=CN, O=示例科技有限公司, OU=财务部, title=会计, CN=李四, serialNumber=0042
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            5D:AB:E2:29:98:BF:D5:3A:8A:53:60:E3:61:F4:B4:8B:BC:58:AE:6D
        X509v3 Subject Key Identifier:
            45:DE:FC:68:65:E9:BE:4A:5A:20:9D:12:B2:CB:B8:13:D9:CE:CC:C9
        X509v3 Key Usage: critical
            Digital Signature, Non Repudiation
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage:
            TLS Web Client Authentication, E-mail Protection, 1.3.6.1.5.5.7.3.36
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.3
              CPS: http://ca.example.cn/cps
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/p256.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/p256.crt
        X509v3 Subject Alternative Name:
            email:lisi@example.cn
        1.2.156.10260.4.4:
            ..91350100M000100Y43
        1.2.156.10260.4.1.1.2:
            ..E12345678
    ");
    assert_snapshot!(text(P256, "staff-international"), @r"
    Serial Number:
        43:03:03:03:03:03:03:03:03:03:03:03:03:03:03:03
    Signature Algorithm: ecdsa-with-SHA256
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2027 GMT
    Subject: C=CN, O=示例科技有限公司, OU=财务部, title=会计, CN=李四, serialNumber=0042
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            5D:AB:E2:29:98:BF:D5:3A:8A:53:60:E3:61:F4:B4:8B:BC:58:AE:6D
        X509v3 Subject Key Identifier:
            45:DE:FC:68:65:E9:BE:4A:5A:20:9D:12:B2:CB:B8:13:D9:CE:CC:C9
        X509v3 Key Usage: critical
            Digital Signature, Non Repudiation
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage:
            TLS Web Client Authentication, E-mail Protection, 1.3.6.1.5.5.7.3.36
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.3
              CPS: http://ca.example.cn/cps
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/p256.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/p256.crt
        X509v3 Subject Alternative Name:
            email:lisi@example.cn
        1.2.156.10260.4.4:
            ..91350100M000100Y43
        1.2.156.10260.4.1.1.2:
            ..E12345678
    ");
}

#[test]
fn the_older_set_carries_identity_numbers_in_other_extensions() {
    assert_snapshot!(text(Sm2, "staff-sm2-2018.sign"), @r"
    Serial Number:
        43:03:03:03:03:03:03:03:03:03:03:03:03:03:03:03
    Signature Algorithm: SM2-with-SM3
    Issuer: C=CN, O=合符示例, CN=合符示例签发机构
    Validity
        Not Before: Nov 22 08:00:00 2026 GMT
        Not After : Nov 22 07:59:59 2027 GMT
    Subject: C=CN, O=示例科技有限公司, OU=财务部, title=会计, CN=李四, serialNumber=0042
    X509v3 extensions:
        X509v3 Authority Key Identifier:
            88:BE:D1:49:1F:B0:CF:1C:8B:29:F6:01:89:F1:3F:DA:79:2F:7D:06
        X509v3 Subject Key Identifier:
            FB:E6:3A:FC:5C:17:A4:9E:B1:21:46:AE:F1:13:B6:D6:18:E7:93:72
        X509v3 Key Usage: critical
            Digital Signature, Non Repudiation
        X509v3 Basic Constraints: critical
            CA:FALSE
        X509v3 Extended Key Usage:
            TLS Web Client Authentication, E-mail Protection, 1.3.6.1.5.5.7.3.36
        X509v3 Certificate Policies:
            Policy: 1.3.6.1.4.1.32473.1.3
              CPS: http://ca.example.cn/cps
        X509v3 CRL Distribution Points:
            Full Name:
              URI:http://ca.example.cn/crl/sm2.crl
        Authority Information Access:
            OCSP - URI:http://ca.example.cn/ocsp
            CA Issuers - URI:http://ca.example.cn/ca/sm2.crt
        X509v3 Subject Alternative Name:
            email:lisi@example.cn
        1.2.156.10260.4.1.4:
            ..91350100M000100Y43
        1.2.156.10260.4.1.1:
            ....E12345678
    ");
}
