using System.Collections.Frozen;

namespace Strata.ApiServer.Authentication;

/// <summary>Who makes a request.</summary>
/// <param name="Name">User name, for example <c>system:node:worker-1</c>.</param>
/// <param name="Uid">Identity that outlives a rename; empty when the credential carries none.</param>
/// <param name="Groups">Groups, <c>system:authenticated</c> included.</param>
/// <param name="Extra">Further facts from the credential, such as the pod a token is bound to.</param>
public sealed record UserIdentity(
    string Name, string Uid, IReadOnlyList<string> Groups, IReadOnlyDictionary<string, IReadOnlyList<string>> Extra)
{
    /// <summary>May do everything.</summary>
    public const string MastersGroup = "system:masters";

    public const string AuthenticatedGroup = "system:authenticated";
    public const string UnauthenticatedGroup = "system:unauthenticated";
    public const string NodesGroup = "system:nodes";
    public const string NodePrefix = "system:node:";

    public static readonly UserIdentity Anonymous = new("system:anonymous", "", [UnauthenticatedGroup], FrozenDictionary<string, IReadOnlyList<string>>.Empty);

    /// <summary>The server itself, when it acts without anyone's request (bootstrap, sweeping).</summary>
    public static readonly UserIdentity ApiServer = Of("system:apiserver", MastersGroup);

    public bool IsAnonymous => ReferenceEquals(this, Anonymous);

    /// <summary>A user who has proved who they are.</summary>
    public static UserIdentity Of(string name, params IEnumerable<string> groups) =>
        new(name, "", [.. groups, AuthenticatedGroup], FrozenDictionary<string, IReadOnlyList<string>>.Empty);

    public bool IsIn(string group) => Groups.Contains(group);
}
