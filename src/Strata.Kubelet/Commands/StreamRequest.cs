using Microsoft.AspNetCore.Http;

namespace Strata.Kubelet.Commands;

/// <summary>Which streams the client of an exec or attach wants.</summary>
public sealed record StreamRequest(bool Stdin, bool Stdout, bool Stderr, bool Tty)
{
    /// <summary>Reads the kubelet's parameters, or the API's for clients that come directly. With a terminal, errors come with the output, whatever was asked.</summary>
    /// <exception cref="KubeletException">None is wanted.</exception>
    internal static StreamRequest Parse(IQueryCollection query)
    {
        bool Has(string kubelet, string api) => query[kubelet].ToString() is "1" or "true" || query[api].ToString() is "1" or "true";
        var tty = Has("tty", "tty");
        var streams = new StreamRequest(Has("input", "stdin"), Has("output", "stdout"), Has("error", "stderr") && !tty, tty);
        return streams is { Stdin: false, Stdout: false, Stderr: false } ? throw KubeletException.BadRequest("you must specify at least 1 of stdin, stdout, stderr") : streams;
    }
}
