using Strata.ApiServer.Authentication;

namespace Strata.ApiServer.Authorization.Nodes;

/// <summary>Which node a user is (pkg/auth/nodeidentifier): <c>system:node:</c>name in group <c>system:nodes</c>.</summary>
internal static class NodeIdentity
{
    /// <returns>The node's name; null when the user is no node.</returns>
    public static string? Of(UserIdentity user) =>
        user.Name.Length > UserIdentity.NodePrefix.Length && user.Name.StartsWith(UserIdentity.NodePrefix, StringComparison.Ordinal) && user.IsIn(UserIdentity.NodesGroup)
            ? user.Name[UserIdentity.NodePrefix.Length..]
            : null;
}
