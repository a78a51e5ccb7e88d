using Microsoft.AspNetCore.Http;

namespace Strata.NodeAgent.Server;

/// <summary>Which streams the client of an exec or attach wants.</summary>
internal sealed record StreamRequest(bool Stdin, bool Stdout, bool Stderr, bool Tty)
{
    /// <summary>Reads the kubelet's parameters. With a terminal, errors come with the output, whatever was asked.</summary>
    /// <exception cref="NodeApiException">None is wanted.</exception>
    public static StreamRequest Parse(IQueryCollection query)
    {
        var tty = query["tty"] == "1";
        var streams = new StreamRequest(query["input"] == "1", query["output"] == "1", query["error"] == "1" && !tty, tty);
        return streams is { Stdin: false, Stdout: false, Stderr: false } ? throw NodeApiException.BadRequest("you must specify at least 1 of stdin, stdout, stderr") : streams;
    }
}
