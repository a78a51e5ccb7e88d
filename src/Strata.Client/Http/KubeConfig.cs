using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace Strata.Client.Http;

/// <summary>One context of a kubeconfig file: where the server is and how to prove who we are.</summary>
/// <param name="Server">Base address.</param>
/// <param name="CertificateAuthority">PEM of the CA that signed the server's certificate; null uses the system's.</param>
/// <param name="ClientCertificate">PEM of the client certificate; null for none.</param>
/// <param name="ClientKey">PEM of its private key.</param>
/// <param name="Token">Bearer token; null for none.</param>
public sealed record KubeConfig(Uri Server, string? CertificateAuthority, string? ClientCertificate, string? ClientKey, string? Token)
{
    // Saying so beats connecting as nobody, or to a server that nobody verified.
    private static readonly string[] NotSupported =
        ["exec", "auth-provider", "username", "password", "insecure-skip-tls-verify", "tls-server-name", "proxy-url", "as", "as-uid", "as-groups", "as-user-extra"];

    /// <summary>Reads the current context of a kubeconfig file, or the one named.</summary>
    /// <exception cref="InvalidDataException">The file is not a kubeconfig, or names something that it does not hold; the message says what.</exception>
    public static KubeConfig Load(string path, string? context = null)
    {
        var yaml = new YamlStream();
        try
        {
            using var reader = new StreamReader(path);
            yaml.Load(reader);
        }
        catch (YamlDotNet.Core.YamlException error)
        {
            throw new InvalidDataException($"{path} is not valid YAML: {error.Message}", error);
        }

        if (yaml.Documents is not [{ RootNode: YamlMappingNode root }])
        {
            throw new InvalidDataException($"{path} is not a kubeconfig: it holds no YAML mapping");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var name = context ?? Text(root, "current-context") ?? throw new InvalidDataException($"{path} has no current-context; name one");
        var chosen = Named(root, "contexts", name, "context", path);
        var cluster = Named(root, "clusters", Text(chosen, "cluster") ?? "", "cluster", path);
        var user = Text(chosen, "user") is { } userName ? Named(root, "users", userName, "user", path) : new YamlMappingNode();
        foreach (var member in NotSupported.Where(member => IsSet(cluster, member) || IsSet(user, member)))
        {
            throw new InvalidDataException($"{path}: context {name} uses {member}, which is not supported; use certificate-authority, client-certificate and client-key, or token");
        }

        return new KubeConfig(
            ServerOf(cluster, name, path),
            Pem(cluster, "certificate-authority", folder, path),
            Pem(user, "client-certificate", folder, path),
            Pem(user, "client-key", folder, path),
            Text(user, "token") ?? FileText(user, "tokenFile", folder, path)?.Trim());
    }

    /// <summary>A handler that trusts the CA and presents the client certificate.</summary>
    public SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            ConnectTimeout = TimeSpan.FromSeconds(10),
        };
        if (CertificateAuthority is not null)
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPem(CertificateAuthority);
            handler.SslOptions.CertificateChainPolicy = TrustOnly(roots);
        }

        if (ClientCertificate is not null && ClientKey is not null)
        {
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(ClientCertificate, ClientKey)];
        }

        return handler;
    }

    /// <summary>The file's text, with everything inline. Write it with mode 0600: it holds a key.</summary>
    /// <param name="name">Name of cluster, user and context.</param>
    public string ToYaml(string name)
    {
        var yaml = new StringBuilder();
        yaml.Append($"apiVersion: v1\nkind: Config\ncurrent-context: {name}\n");
        yaml.Append($"clusters:\n- name: {name}\n  cluster:\n    server: {Server.ToString().TrimEnd('/')}\n");
        AppendData(yaml, "certificate-authority-data", CertificateAuthority);
        yaml.Append($"users:\n- name: {name}\n  user:\n");
        AppendData(yaml, "client-certificate-data", ClientCertificate);
        AppendData(yaml, "client-key-data", ClientKey);
        yaml.Append(Token is null ? "" : $"    token: {Token}\n");
        yaml.Append($"contexts:\n- name: {name}\n  context:\n    cluster: {name}\n    user: {name}\n");
        return yaml.ToString();
    }

    /// <summary>A client for this context.</summary>
    /// <param name="userAgent">Product token, for example <c>strata-node/0.1.0</c>.</param>
    public KubeClient CreateClient(string userAgent) =>
        new(new HttpApiTransport(Server, CreateHandler(), userAgent, Token is null ? null : _ => ValueTask.FromResult<string?>(Token)));

    /// <summary>Chain policy that accepts only certificates signed by <paramref name="roots"/>; names are still checked.</summary>
    public static X509ChainPolicy TrustOnly(X509Certificate2Collection roots)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    private static void AppendData(StringBuilder yaml, string key, string? pem)
    {
        if (pem is not null)
        {
            yaml.Append($"    {key}: {Convert.ToBase64String(Encoding.UTF8.GetBytes(pem))}\n");
        }
    }

    private static bool IsSet(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) && value is not YamlScalarNode { Value: null or "" or "false" };

    private static Uri ServerOf(YamlMappingNode cluster, string context, string path)
    {
        var text = Text(cluster, "server") ?? throw new InvalidDataException($"{path}: the cluster of context {context} has no server");
        return Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme is "https" or "http"
            ? server
            : throw new InvalidDataException($"{path}: the server \"{text}\" of context {context} is no URL such as https://127.0.0.1:6443");
    }

    private static string? Pem(YamlMappingNode node, string key, string folder, string path)
    {
        if (Text(node, key + "-data") is not { } data)
        {
            return FileText(node, key, folder, path);
        }

        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(data));
        }
        catch (FormatException error)
        {
            throw new InvalidDataException($"{path}: {key}-data is not base64", error);
        }
    }

    private static string? FileText(YamlMappingNode node, string key, string folder, string path)
    {
        try
        {
            return Text(node, key) is { } file ? File.ReadAllText(Path.Combine(folder, file)) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path}: the file that {key} names cannot be read: {error.Message}", error);
        }
    }

    private static YamlMappingNode Named(YamlMappingNode root, string list, string name, string member, string path)
    {
        if (root.Children.TryGetValue(list, out var found) && found is YamlSequenceNode items)
        {
            foreach (var item in items.OfType<YamlMappingNode>())
            {
                if (Text(item, "name") == name && item.Children.TryGetValue(member, out var value) && value is YamlMappingNode mapping)
                {
                    return mapping;
                }
            }
        }

        throw new InvalidDataException($"{path}: no entry \"{name}\" under {list}");
    }

    private static string? Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) && value is YamlScalarNode { Value: { Length: > 0 } text } ? text : null;
}
