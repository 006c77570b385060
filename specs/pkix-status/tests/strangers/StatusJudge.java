import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.Security;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CRLEntryHolder;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * Bouncy Castle's view of SM2 status objects, in plain lines that a test compares.
 *
 * <pre>
 * crl   CRL ISSUER LEAF                 what it finds in a CRL
 * ocsp  RESPONSE ISSUER LEAF REQUEST    what it finds in an answer
 * make  CA_KEY CA SIGNER_KEY SIGNER LEAF  writes their.crl and their.ocsp
 * </pre>
 */
public final class StatusJudge {
  private static byte[] read(String file) throws Exception {
    byte[] bytes = Files.readAllBytes(Path.of(file));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int start = text.indexOf("-----BEGIN");
    return start < 0 ? bytes : new PemReader(new StringReader(text.substring(start))).readPemObject().getContent();
  }

  private static X509CertificateHolder certificate(String file) throws Exception {
    return new X509CertificateHolder(read(file));
  }

  private static ContentVerifierProvider keyOf(X509CertificateHolder holder) throws Exception {
    return new JcaContentVerifierProviderBuilder().setProvider("BC").build(holder);
  }

  private static DigestCalculatorProvider digests() throws Exception {
    return new JcaDigestCalculatorProviderBuilder().setProvider("BC").build();
  }

  private static void say(String what, Object value) {
    System.out.println(what + " " + value);
  }

  private static void crl(String[] args) throws Exception {
    X509CRLHolder crl = new X509CRLHolder(read(args[1]));
    X509CertificateHolder issuer = certificate(args[2]);
    say("signature", crl.isSignatureValid(keyOf(issuer)));
    say("issuer", crl.getIssuer().equals(issuer.getSubject()));
    say("number", ASN1Integer.getInstance(crl.getExtension(Extension.cRLNumber).getParsedValue()).getValue());
    byte[] said = AuthorityKeyIdentifier.fromExtensions(crl.getExtensions()).getKeyIdentifier();
    byte[] own = org.bouncycastle.asn1.x509.SubjectKeyIdentifier.fromExtensions(issuer.getExtensions()).getKeyIdentifier();
    say("keyid", java.util.Arrays.equals(said, own));
    say("entries", crl.getRevokedCertificates().size());
    X509CRLEntryHolder entry = crl.getRevokedCertificate(certificate(args[3]).getSerialNumber());
    say("reason", ASN1Enumerated.getInstance(entry.getExtension(Extension.reasonCode).getParsedValue()).getValue());
  }

  private static void ocsp(String[] args) throws Exception {
    BasicOCSPResp basic = (BasicOCSPResp) new OCSPResp(read(args[1])).getResponseObject();
    X509CertificateHolder issuer = certificate(args[2]);
    X509CertificateHolder signer = basic.getCerts()[0];
    say("signature", basic.isSignatureValid(keyOf(signer)));
    say("delegated", signer.isSignatureValid(keyOf(issuer))
        && ExtendedKeyUsage.fromExtensions(signer.getExtensions()).hasKeyPurposeId(KeyPurposeId.id_kp_OCSPSigning));
    say("responder", basic.getResponderId().equals(new RespID(signer.getSubjectPublicKeyInfo(), digests().get(RespID.HASH_SHA1))));
    SingleResp single = basic.getResponses()[0];
    say("certid", single.getCertID().matchesIssuer(issuer, digests())
        && single.getCertID().getSerialNumber().equals(certificate(args[3]).getSerialNumber()));
    OCSPReq request = new OCSPReq(read(args[4]));
    say("nonce", basic.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce)
        .equals(request.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce)));
    Object status = single.getCertStatus();
    say("status", status == null ? "good"
        : status instanceof RevokedStatus revoked ? "revoked " + revoked.getRevocationReason() : "unknown");
  }

  private static ContentSigner signer(String file) throws Exception {
    Object parsed = new PEMParser(new StringReader(Files.readString(Path.of(file)))).readObject();
    PrivateKey key = new JcaPEMKeyConverter().setProvider("BC").getPrivateKey((PrivateKeyInfo) parsed);
    return new JcaContentSignerBuilder("SM3withSM2").setProvider("BC").build(key);
  }

  private static void make(String[] args) throws Exception {
    X509CertificateHolder issuer = certificate(args[2]);
    X509CertificateHolder delegate = certificate(args[4]);
    BigInteger serial = certificate(args[5]).getSerialNumber();
    Date now = new Date();
    X509v2CRLBuilder crl = new X509v2CRLBuilder(issuer.getSubject(), now);
    crl.setNextUpdate(new Date(now.getTime() + 3_600_000));
    crl.addCRLEntry(serial, now, CRLReason.affiliationChanged);
    crl.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(9)));
    crl.addExtension(Extension.authorityKeyIdentifier, false, new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer));
    Files.write(Path.of("their.crl"), crl.build(signer(args[1])).getEncoded());

    AlgorithmIdentifier sm3 = new AlgorithmIdentifier(org.bouncycastle.asn1.gm.GMObjectIdentifiers.sm3);
    CertificateID id = new CertificateID(digests().get(sm3), issuer, serial);
    BasicOCSPRespBuilder basic = new BasicOCSPRespBuilder(new RespID(delegate.getSubject()));
    basic.addResponse(id, new RevokedStatus(now, CRLReason.keyCompromise), now, new Date(now.getTime() + 3_600_000));
    BasicOCSPResp signed = basic.build(signer(args[3]), new X509CertificateHolder[] {delegate}, now);
    Files.write(Path.of("their.ocsp"), new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, signed).getEncoded());
  }

  public static void main(String[] args) throws Exception {
    Security.addProvider(new BouncyCastleProvider());
    switch (args[0]) {
      case "crl" -> crl(args);
      case "ocsp" -> ocsp(args);
      case "make" -> make(args);
      default -> throw new IllegalArgumentException(args[0]);
    }
  }
}
