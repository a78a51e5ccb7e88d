using Strata.ApiServer.Authentication;

namespace Strata.ApiServer.Requests;

/// <summary>One request, whichever way it came (HTTP or a call within the process).</summary>
internal sealed class ApiCall
{
    private readonly WarningList _warnings = new();

    public required UserIdentity User { get; init; }

    public required RequestInfo Info { get; init; }

    public required QueryParameters Query { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Media type of the body without parameters; empty means JSON.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>The Accept header; empty means anything.</summary>
    public string Accept { get; init; } = "";

    /// <summary>The header User-Agent; empty for none, as for calls within the process.</summary>
    public string UserAgent { get; init; } = "";

    /// <summary>The header If-None-Match; empty for none.</summary>
    public string IfNoneMatch { get; init; } = "";

    /// <summary>Refuses a user who may not create what the request names: an update or apply that finds nothing becomes a creation. Set by the dispatcher.</summary>
    public Action RequireCreate { get; set; } = static () => { };

    /// <summary>Warnings for the user, without repetitions, in order.</summary>
    public IReadOnlyList<string> Warnings => _warnings.Items;

    public void Warn(string warning) => _warnings.Add(warning);
}
