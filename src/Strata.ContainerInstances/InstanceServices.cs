using Strata.ContainerInstances.Core;
using Strata.ContainerInstances.Provisioning;
using Strata.ContainerInstances.Quotas;
using Strata.ContainerInstances.Sessions;
using Strata.ContainerInstances.Storage;

namespace Strata.ContainerInstances;

/// <summary>What the request handlers work with.</summary>
internal sealed record InstanceServices(
    ContainerInstancesOptions Options,
    InstanceState State,
    GroupCore Core,
    Provisioner Provisioner,
    QuotaLedger Quotas,
    SessionStore Sessions,
    UidSource Uids,
    TimeProvider Clock)
{
    public string Location => Options.Limits.Location;
}
