using Microsoft.AspNetCore.Http;

namespace Strata.NodeAgent.Server;

/// <summary>Which streams an exec or attach wants, in the kubelet's words or the API's.</summary>
internal sealed record SessionOptions(bool Stdin, bool Stdout, bool Stderr, bool Tty)
{
    /// <exception cref="KubeletException">None is wanted.</exception>
    public static SessionOptions Read(IQueryCollection query)
    {
        bool Has(string kubelet, string api) => query[kubelet].ToString() is "1" or "true" || query[api].ToString() is "1" or "true";
        var options = new SessionOptions(Has("input", "stdin"), Has("output", "stdout"), Has("error", "stderr"), Has("tty", "tty"));

        // A terminal has one output; old clients ask for both all the same (kubelet: remotecommand.NewOptions).
        options = options.Tty ? options with { Stderr = false } : options;
        return options is { Stdin: false, Stdout: false, Stderr: false } ? throw KubeletException.BadRequest("you must specify at least 1 of stdin, stdout, stderr") : options;
    }
}
