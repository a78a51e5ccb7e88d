using Strata.ApiServer.Admission;
using Strata.ApiServer.Authentication;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Who writes, and how.</summary>
/// <param name="User">Seen by admission.</param>
/// <param name="DryRun">Do everything except storing.</param>
/// <param name="Warn">Takes warnings for the user.</param>
internal sealed record WriteContext(UserIdentity User, bool DryRun, Action<string> Warn)
{
    /// <summary>A write by the server itself.</summary>
    public static readonly WriteContext Server = new(UserIdentity.ApiServer, DryRun: false, static _ => { });

    /// <summary>Refuses a writer who may not create, when an update turns out to be a creation.</summary>
    public Action RequireCreate { get; init; } = static () => { };

    /// <summary>Whose fields the written ones become.</summary>
    public WriteOwner Owner { get; init; } = WriteOwner.Server;

    /// <summary>What webhooks are shown instead of the written object; null for that object.</summary>
    public ReviewedPart? Reviewed { get; init; }
}
