// go run verify.go ISSUER TOKEN AUDIENCE
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

type accessToken struct {
	jwt.Claims
	ClientID string `json:"client_id"`
	TenantID string `json:"tenant_id"`
	Tenant   string `json:"tenant"`
}

// keysOf fetches the issuer's keys. Keep them in a real service; fetch them again for an unknown key id, but not
// for every one.
func keysOf(issuer string) (keys jose.JSONWebKeySet, err error) {
	client := http.Client{Timeout: 5 * time.Second}
	answer, err := client.Get(issuer + "/.well-known/jwks.json")
	if err != nil {
		return keys, err
	}
	defer answer.Body.Close()
	return keys, json.NewDecoder(answer.Body).Decode(&keys)
}

func verify(issuer, token, audience string) (claims accessToken, err error) {
	// Never the algorithm that the token asks for.
	signed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return claims, err
	}
	// An ID token is no access token.
	typ, _ := signed.Headers[0].ExtraHeaders[jose.HeaderType].(string)
	if strings.TrimPrefix(strings.ToLower(typ), "application/") != "at+jwt" {
		return claims, errors.New("not an access token")
	}
	keys, err := keysOf(issuer)
	if err != nil {
		return claims, err
	}
	if err := signed.Claims(keys, &claims); err != nil {
		return claims, err
	}
	// go-jose checks exp only where there is one.
	if claims.Expiry == nil || claims.IssuedAt == nil || claims.Subject == "" || claims.ID == "" ||
		claims.ClientID == "" || claims.TenantID == "" {
		return claims, errors.New("a required claim is missing")
	}
	expected := jwt.Expected{Issuer: issuer, AnyAudience: jwt.Audience{audience}, Time: time.Now()}
	return claims, claims.ValidateWithLeeway(expected, 30*time.Second)
}

func main() {
	claims, err := verify(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
	fmt.Println(claims.Subject, "of tenant", claims.Tenant)
}
