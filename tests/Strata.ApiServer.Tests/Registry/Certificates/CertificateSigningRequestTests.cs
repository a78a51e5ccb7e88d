using System.Text;

namespace Strata.ApiServer.Tests.Registry.Certificates;

public sealed class CertificateSigningRequestTests
{
    private const string Signer = "signerName: example.com/mine";

    [Theory]
    [InlineData($"{Signer}, usages: []", "spec.usages: Required value: usages must be provided")]
    [InlineData($"{Signer}, usages: [signing, signing]", "spec.usages[1]: Duplicate value: \"signing\"")]
    [InlineData($"{Signer}, usages: [signing], expirationSeconds: 599", "spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)")]
    [InlineData("usages: [signing]", "spec.signerName: Required value")]
    [InlineData("usages: [signing], signerName: kubernetes.io/legacy-unknown", "spec.signerName: Invalid value: \"kubernetes.io/legacy-unknown\": the legacy signerName is not allowed via this API version")]
    [InlineData("usages: [signing], signerName: mine", "spec.signerName: Invalid value: \"mine\": must be a fully qualified domain and path of the form 'example.com/signer-name'")]
    [InlineData("usages: [signing], signerName: local/mine", "spec.signerName: Invalid value: \"local\": should be a domain with at least two segments separated by dots")]
    public void A_request_with_one_problem_is_told_exactly_that(string fields, string problem) =>
        Assert.Equal([problem], Problems($"request: {TestRequests.Jane}, {fields}"));

    [Fact]
    public void What_is_no_signed_request_is_refused()
    {
        Assert.Contains(Problems($"request: '', {Signer}, usages: [signing]"), static problem => problem.Contains("PEM block type must be CERTIFICATE REQUEST", StringComparison.Ordinal));

        // A request whose signature does not fit was not made by who has the key.
        var pem = Encoding.ASCII.GetString(Convert.FromBase64String(TestRequests.Jane));
        var lines = pem.Split('\n');
        var der = Convert.FromBase64String(string.Concat(lines[1..^2]));
        der[^1] ^= 1;
        var forged = $"-----BEGIN CERTIFICATE REQUEST-----\n{Convert.ToBase64String(der)}\n-----END CERTIFICATE REQUEST-----\n";
        Assert.Single(Problems($"request: {Convert.ToBase64String(Encoding.ASCII.GetBytes(forged))}, {Signer}, usages: [signing]"));
    }

    [Fact]
    public void An_unknown_usage_is_told_the_known_ones() =>
        Assert.StartsWith("spec.usages[0]: Unsupported value: \"flying\": supported values: \"any\", \"cert sign\"", Assert.Single(Problems($"request: {TestRequests.Jane}, {Signer}, usages: [flying]")), StringComparison.Ordinal);

    private static IReadOnlyList<string> Problems(string spec) =>
        Rules.Create(Kinds.Get("CertificateSigningRequest"), Rules.Yaml($"{{metadata: {{name: a}}, spec: {{{spec}}}}}"));
}
