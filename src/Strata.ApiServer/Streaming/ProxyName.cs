namespace Strata.ApiServer.Streaming;

/// <summary>The name in a proxy's path: <c>name</c>, <c>name:port</c> or <c>scheme:name:port</c>. Source: apimachinery <c>util/net/port_split.go</c>.</summary>
/// <param name="Scheme">http or https; empty for the kind's own.</param>
/// <param name="Port">Number or name; empty for the default.</param>
internal sealed record ProxyName(string Scheme, string Name, string Port)
{
    /// <summary>Null when the text is none of these.</summary>
    public static ProxyName? Parse(string text) => text.Split(':') switch
    {
        [{ Length: > 0 } name] => new ProxyName("", name, ""),
        [{ Length: > 0 } name, var port] => new ProxyName("", name, port),
        ["" or "http" or "https", { Length: > 0 } name, var port] parts => new ProxyName(parts[0], name, port),
        _ => null,
    };
}
