namespace Strata.ApiServer.Discovery;

/// <summary>How service-account tokens can be verified elsewhere (OpenID Connect Discovery 1.0, section 3).</summary>
internal static class IssuerDocument
{
    public static byte[] Write(string issuer, string algorithm) => JsonDocuments.Build(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("issuer"u8, issuer);
        writer.WriteString("jwks_uri"u8, $"{issuer.TrimEnd('/')}/openid/v1/jwks");
        JsonDocuments.WriteTexts(writer, "response_types_supported", ["id_token"]);
        JsonDocuments.WriteTexts(writer, "subject_types_supported", ["public"]);
        JsonDocuments.WriteTexts(writer, "id_token_signing_alg_values_supported", [algorithm]);
        writer.WriteEndObject();
    });
}
