using Microsoft.AspNetCore.Http;

namespace Strata.VirtualNode.Server;

/// <summary>Which streams an exec or attach wants, in the kubelet's words or the API's.</summary>
internal sealed record SessionStreams(bool Stdin, bool Stdout, bool Stderr, bool Tty)
{
    /// <exception cref="KubeletException">None is wanted, or a terminal with separate errors.</exception>
    public static SessionStreams Read(IQueryCollection query)
    {
        bool Has(string kubelet, string api) => query[kubelet].ToString() is "1" or "true" || query[api].ToString() is "1" or "true";
        var streams = new SessionStreams(Has("input", "stdin"), Has("output", "stdout"), Has("error", "stderr"), Has("tty", "tty"));
        return streams switch
        {
            { Stdin: false, Stdout: false, Stderr: false } => throw KubeletException.BadRequest("you must specify at least 1 of stdin, stdout, stderr"),
            { Tty: true, Stderr: true } => throw KubeletException.BadRequest("tty and stderr cannot both be true"),
            _ => streams,
        };
    }
}
