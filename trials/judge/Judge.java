import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.crypto.engines.SM2Engine;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.jcajce.provider.asymmetric.ec.BCECPublicKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * Bouncy Castle as a stranger who judges what Hefu makes. Exit status 0: every check holds; 1: one does not.
 *
 * <pre>
 * chain    ROOT LEAF [INTERMEDIATE...] [crl=FILE...]   path validation (PKIX), with revocation when CRLs are given
 * refused  ROOT LEAF [INTERMEDIATE...] [crl=FILE...]   the same, and it must fail
 * csr      FILE                                        proof of possession
 * crl      CRL ISSUER                                  signature, number, authority key identifier, next update
 * ocsp     RESPONSE ISSUER LEAF good|revoked|unknown   signature, delegation, CertID, status
 * envelope ENVELOPE SIGNING_KEY CERTIFICATE            opens an SM2EnvelopedKey; the key belongs to CERTIFICATE
 * </pre>
 */
public final class Judge {
  private static int failed = 0;

  private interface Check { boolean holds() throws Exception; }

  private static void check(String sentence, Check check) {
    boolean holds;
    String why = "";
    try { holds = check.holds(); } catch (Exception error) { holds = false; why = ": " + error; }
    System.out.println((holds ? "ok    " : "FAIL  ") + sentence + why);
    if (!holds) failed++;
  }

  private static byte[] read(String file) throws Exception {
    byte[] bytes = Files.readAllBytes(Path.of(file));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int start = text.indexOf("-----BEGIN");
    return start < 0 ? bytes : new PemReader(new StringReader(text.substring(start))).readPemObject().getContent();
  }

  private static X509Certificate certificate(String file) throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509", "BC");
    return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(read(file)));
  }

  private static ContentVerifierProvider by(X509CertificateHolder signer) throws Exception {
    return new JcaContentVerifierProviderBuilder().setProvider("BC").build(signer);
  }

  private static void validate(String[] files) throws Exception {
    X509Certificate root = certificate(files[1]);
    List<X509Certificate> path = new ArrayList<>();
    List<X509CRL> lists = new ArrayList<>();
    CertificateFactory factory = CertificateFactory.getInstance("X.509", "BC");
    for (String file : Arrays.copyOfRange(files, 2, files.length)) {
      if (file.startsWith("crl=")) {
        lists.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(read(file.substring(4)))));
      } else {
        path.add(certificate(file));
      }
    }
    root.verify(root.getPublicKey(), "BC");
    PKIXParameters rules = new PKIXParameters(Collections.singleton(new TrustAnchor(root, null)));
    rules.setRevocationEnabled(!lists.isEmpty());
    rules.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists), "BC"));
    CertPathValidator.getInstance("PKIX", "BC").validate(factory.generateCertPath(path), rules);
  }

  private static void judgeList(String[] files) throws Exception {
    X509CRLHolder list = new X509CRLHolder(read(files[1]));
    X509CertificateHolder issuer = new X509CertificateHolder(read(files[2]));
    check("the list names its issuer", () -> list.getIssuer().equals(issuer.getSubject()));
    check("the list's signature is the issuer's", () -> list.isSignatureValid(by(issuer)));
    check("the list has number, authority key identifier and next update", () ->
        list.getExtension(Extension.cRLNumber) != null
            && list.getExtension(Extension.authorityKeyIdentifier) != null
            && list.getNextUpdate() != null);
  }

  private static void judgeAnswer(String[] files) throws Exception {
    OCSPResp response = new OCSPResp(read(files[1]));
    check("the responder answered", () -> response.getStatus() == OCSPResp.SUCCESSFUL);
    BasicOCSPResp answer = (BasicOCSPResp) response.getResponseObject();
    X509CertificateHolder issuer = new X509CertificateHolder(read(files[2]));
    X509CertificateHolder leaf = new X509CertificateHolder(read(files[3]));
    X509CertificateHolder signer = answer.getCerts().length > 0 ? answer.getCerts()[0] : issuer;
    check("the answer's signature is its signer's", () -> answer.isSignatureValid(by(signer)));
    check("the signer is the issuer or delegated by it", () -> signer.equals(issuer)
        || signer.isSignatureValid(by(issuer))
            && org.bouncycastle.asn1.x509.ExtendedKeyUsage.fromExtensions(signer.getExtensions())
                .hasKeyPurposeId(org.bouncycastle.asn1.x509.KeyPurposeId.id_kp_OCSPSigning));
    SingleResp single = answer.getResponses()[0];
    check("the answer is about this serial number", () -> single.getCertID().getSerialNumber().equals(leaf.getSerialNumber()));
    check("the answer is about this issuer", () ->
        single.getCertID().matchesIssuer(issuer, new JcaDigestCalculatorProviderBuilder().setProvider("BC").build()));
    Object status = single.getCertStatus();
    String word = status == null ? "good" : status instanceof RevokedStatus ? "revoked" : "unknown";
    check("the status is " + files[4] + ", got " + word, () -> word.equals(files[4]));
  }

  private static PrivateKeyInfo key(String file) throws Exception {
    Object parsed = new PEMParser(new StringReader(Files.readString(Path.of(file)))).readObject();
    return parsed instanceof PEMKeyPair ? ((PEMKeyPair) parsed).getPrivateKeyInfo() : (PrivateKeyInfo) parsed;
  }

  /** SM2EnvelopedKey (GB/T 35276): opened with nothing of ours, C1 C3 C2 and SM4-ECB by Bouncy Castle. */
  private static void judgeEnvelope(String[] files) throws Exception {
    ASN1Sequence envelope = ASN1Sequence.getInstance(read(files[1]));
    ASN1Sequence cipher = ASN1Sequence.getInstance(envelope.getObjectAt(1));
    byte[] hash = ASN1OctetString.getInstance(cipher.getObjectAt(2)).getOctets();
    byte[] text = ASN1OctetString.getInstance(cipher.getObjectAt(3)).getOctets();
    byte[] joined = new byte[65 + hash.length + text.length];
    joined[0] = 4;
    place(joined, 1, ASN1Integer.getInstance(cipher.getObjectAt(0)).getValue());
    place(joined, 33, ASN1Integer.getInstance(cipher.getObjectAt(1)).getValue());
    System.arraycopy(hash, 0, joined, 65, hash.length);
    System.arraycopy(text, 0, joined, 65 + hash.length, text.length);
    SM2Engine sm2 = new SM2Engine(SM2Engine.Mode.C1C3C2);
    sm2.init(false, (ECPrivateKeyParameters) PrivateKeyFactory.createKey(key(files[2])));
    byte[] content = sm2.processBlock(joined, 0, joined.length);
    check("the content key opens and is an SM4 key", () -> content.length == 16);
    byte[] sealed = ASN1BitString.getInstance(envelope.getObjectAt(3)).getOctets();
    byte[] scalar = new byte[32];
    SM4Engine sm4 = new SM4Engine();
    sm4.init(false, new KeyParameter(content));
    sm4.processBlock(sealed, sealed.length - 32, scalar, 0);
    sm4.processBlock(sealed, sealed.length - 16, scalar, 16);
    BCECPublicKey held = (BCECPublicKey) certificate(files[3]).getPublicKey();
    check("the key inside belongs to the certificate", () ->
        held.getParameters().getG().multiply(new BigInteger(1, scalar)).normalize().equals(held.getQ().normalize()));
  }

  private static void place(byte[] target, int at, BigInteger number) {
    byte[] bytes = org.bouncycastle.util.BigIntegers.asUnsignedByteArray(32, number);
    System.arraycopy(bytes, 0, target, at, 32);
  }

  private static void judge(String[] files) throws Exception {
    switch (files[0]) {
      case "chain": check("the path is valid", () -> { validate(files); return true; }); break;
      case "refused": check("the path is refused", () -> {
        try { validate(files); return false; } catch (CertPathValidatorException why) { return true; } }); break;
      case "csr": PKCS10CertificationRequest request = new PKCS10CertificationRequest(read(files[1]));
        check("the applicant holds the key", () -> request.isSignatureValid(
            new JcaContentVerifierProviderBuilder().setProvider("BC").build(request.getSubjectPublicKeyInfo()))); break;
      case "crl": judgeList(files); break;
      case "ocsp": judgeAnswer(files); break;
      case "envelope": judgeEnvelope(files); break;
      default: throw new IllegalArgumentException(files[0]);
    }
  }

  public static void main(String[] files) {
    Security.addProvider(new BouncyCastleProvider());
    check(files[0] + " could be judged", () -> { judge(files); return true; });
    System.exit(failed == 0 ? 0 : 1);
  }
}
