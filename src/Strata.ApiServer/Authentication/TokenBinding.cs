using Strata.Api.Models;

namespace Strata.ApiServer.Authentication;

/// <summary>What a token ends with.</summary>
/// <param name="Pod">The pod that the token is for; null for none.</param>
/// <param name="Secret">The secret that it is bound to; null for none.</param>
/// <param name="Node">The pod's node, which is told for information, or without a pod the node that the token is bound to; null for none.</param>
internal sealed record TokenBinding(Pod? Pod, Secret? Secret, Node? Node)
{
    public static readonly TokenBinding None = new(null, null, null);
}
