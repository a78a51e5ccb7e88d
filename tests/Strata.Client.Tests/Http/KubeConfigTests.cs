using Strata.Client.Http;

namespace Strata.Client.Tests.Http;

public sealed class KubeConfigTests : IDisposable
{
    private const string Pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("strata-kubeconfig-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_written_is_read_back()
    {
        var config = new KubeConfig(new Uri("https://127.0.0.1:6443"), Pem, Pem + "client", Pem + "key", null);
        var token = config with { ClientCertificate = null, ClientKey = null, Token = "abc.def" };

        Assert.Equal(config, Load(config.ToYaml("strata")));
        Assert.Equal(token, Load(token.ToYaml("strata")));
    }

    [Fact]
    public void The_named_context_is_taken_and_files_are_found_beside_the_kubeconfig()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "pki"));
        File.WriteAllText(Path.Combine(_folder, "pki", "ca.crt"), Pem);
        File.WriteAllText(Path.Combine(_folder, "token"), "secret\n");
        const string Text = """
            apiVersion: v1
            kind: Config
            current-context: one
            contexts:
            - {name: one, context: {cluster: a, user: a}}
            - {name: two, context: {cluster: b, user: b}}
            - {name: nobody, context: {cluster: b}}
            clusters:
            - {name: a, cluster: {server: "https://a:1"}}
            - {name: b, cluster: {server: "https://b:2/prefix", certificate-authority: pki/ca.crt, insecure-skip-tls-verify: false}}
            users:
            - {name: a, user: {token: first}}
            - {name: b, user: {tokenFile: token}}
            """;

        Assert.Equal(new KubeConfig(new Uri("https://a:1"), null, null, null, "first"), Load(Text));
        Assert.Equal(new KubeConfig(new Uri("https://b:2/prefix"), Pem, null, null, "secret"), Load(Text, "two"));
        Assert.Null(Load(Text, "nobody").Token);
    }

    [Theory]
    [InlineData("{", "is not valid YAML")]
    [InlineData("", "is not a kubeconfig")]
    [InlineData("- a", "is not a kubeconfig")]
    [InlineData("kind: Config", "has no current-context")]
    [InlineData("current-context: x", "no entry \"x\" under contexts")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c}}]}", "no entry \"c\" under clusters")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c, cluster: {}}]}", "has no server")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c, cluster: {server: localhost}}]}", "is no URL")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c, user: u}}], clusters: [{name: c, cluster: {server: 'https://a'}}]}", "no entry \"u\" under users")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c, cluster: {server: 'https://a', certificate-authority-data: '%'}}]}", "not base64")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c, cluster: {server: 'https://a', certificate-authority: gone.crt}}]}", "cannot be read")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c, cluster: {server: 'https://a', insecure-skip-tls-verify: true}}]}", "not supported")]
    [InlineData("{current-context: x, contexts: [{name: x, context: {cluster: c, user: u}}], clusters: [{name: c, cluster: {server: 'https://a'}}], users: [{name: u, user: {exec: {command: aws}}}]}", "uses exec, which is not supported")]
    public void What_is_wrong_is_said_with_the_file(string text, string problem)
    {
        var error = Assert.Throws<InvalidDataException>(() => Load(text));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder, error.Message, StringComparison.Ordinal);
    }

    private KubeConfig Load(string text, string? context = null)
    {
        var path = Path.Combine(_folder, "config");
        File.WriteAllText(path, text);
        return KubeConfig.Load(path, context);
    }
}
