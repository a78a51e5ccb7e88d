using Strata.Api.Models;

namespace Strata.Controllers.Tests.Cluster;

internal static class Owners
{
    /// <summary>A reference that blocks the owner's foreground deletion and makes it no controller.</summary>
    public static OwnerReference ToOwnerReference(this ConfigMap owner) =>
        new() { ApiVersion = "v1", Kind = "ConfigMap", Name = owner.Metadata.Name, Uid = owner.Metadata.Uid, BlockOwnerDeletion = true };
}
