// java -cp 'lib/*' Verify.java ISSUER TOKEN AUDIENCE
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.net.URI;
import java.text.ParseException;
import java.util.Set;

public class Verify {
    public static void main(String[] args) throws Exception {
        String issuer = args[0], token = args[1], audience = args[2];

        // Keeps the keys, and fetches them again for an unknown key id, at a limited rate.
        JWKSource<SecurityContext> keys =
            JWKSourceBuilder.create(URI.create(issuer + "/.well-known/jwks.json").toURL()).build();

        var processor = new DefaultJWTProcessor<SecurityContext>();
        // An ID token is no access token.
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
            new JOSEObjectType("at+jwt"), new JOSEObjectType("application/at+jwt")));
        // Never the algorithm that the token asks for.
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keys));
        var claims = new DefaultJWTClaimsVerifier<SecurityContext>(
            audience,
            new JWTClaimsSet.Builder().issuer(issuer).build(),
            Set.of("exp", "iat", "sub", "client_id", "jti", "tenant_id"));
        claims.setMaxClockSkew(30); // seconds
        processor.setJWTClaimsSetVerifier(claims);

        try {
            JWTClaimsSet verified = processor.process(token, null);
            System.out.println(verified.getSubject() + " of tenant " + verified.getStringClaim("tenant"));
        } catch (BadJOSEException | JOSEException | ParseException refused) {
            System.err.println("refused: " + refused.getClass().getSimpleName());
            System.exit(1);
        }
    }
}
