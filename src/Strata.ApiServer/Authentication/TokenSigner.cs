using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strata.ApiServer.Discovery;

namespace Strata.ApiServer.Authentication;

/// <summary>Signs and verifies JSON Web Tokens (RFC 7519) with one key: ES256 or RS256.</summary>
internal sealed class TokenSigner
{
    private readonly AsymmetricAlgorithm _key;
    private readonly Lock _gate = new(); // The key objects are not thread-safe.
    private readonly string _header;

    /// <param name="key">An EC key on curve P-256 or an RSA key, with its private part.</param>
    public TokenSigner(AsymmetricAlgorithm key)
    {
        _key = key;
        Algorithm = key switch
        {
            ECDsa { KeySize: 256 } => "ES256",
            RSA => "RS256",
            _ => throw new ArgumentException("The service-account key must be an EC key on P-256 or an RSA key.", nameof(key)),
        };
        KeyId = Base64Url.EncodeToString(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
        _header = Encode(JsonDocuments.Build(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("alg"u8, Algorithm);
            writer.WriteString("kid"u8, KeyId);
            writer.WriteEndObject();
        }));
    }

    public string Algorithm { get; }

    public string KeyId { get; }

    public string Sign(ReadOnlySpan<byte> claims)
    {
        var signed = $"{_header}.{Encode(claims)}";
        var data = Encoding.ASCII.GetBytes(signed);
        lock (_gate)
        {
            var signature = _key is ECDsa ec
                ? ec.SignData(data, HashAlgorithmName.SHA256)
                : ((RSA)_key).SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return $"{signed}.{Encode(signature)}";
        }
    }

    /// <returns>The claims; null when the token is not one that this key signed.</returns>
    public JsonElement? Verify(string token)
    {
        // The algorithm is ours, whatever the header says: a token cannot choose how it is verified.
        var parts = token.Split('.');
        if (parts.Length != 3 || !Base64Url.IsValid(parts[1]) || !Base64Url.IsValid(parts[2]) || parts[0] != _header)
        {
            return null;
        }

        var data = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        var signature = Base64Url.DecodeFromChars(parts[2]);
        lock (_gate)
        {
            var isValid = _key is ECDsa ec
                ? ec.VerifyData(data, signature, HashAlgorithmName.SHA256)
                : ((RSA)_key).VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            if (!isValid)
            {
                return null;
            }
        }

        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        return claims.RootElement.Clone();
    }

    /// <summary>The public key as a JSON Web Key Set (RFC 7517).</summary>
    public byte[] KeySet() => JsonDocuments.Build(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("keys"u8);
        writer.WriteStartObject();
        writer.WriteString("use"u8, "sig");
        writer.WriteString("alg"u8, Algorithm);
        writer.WriteString("kid"u8, KeyId);
        if (_key is ECDsa ec)
        {
            var point = ec.ExportParameters(includePrivateParameters: false).Q;
            writer.WriteString("kty"u8, "EC");
            writer.WriteString("crv"u8, "P-256");
            writer.WriteString("x"u8, Encode(point.X));
            writer.WriteString("y"u8, Encode(point.Y));
        }
        else
        {
            var parameters = ((RSA)_key).ExportParameters(includePrivateParameters: false);
            writer.WriteString("kty"u8, "RSA");
            writer.WriteString("n"u8, Encode(parameters.Modulus));
            writer.WriteString("e"u8, Encode(parameters.Exponent));
        }

        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
