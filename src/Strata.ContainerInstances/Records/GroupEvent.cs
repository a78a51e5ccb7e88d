using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Records;

/// <param name="Container">The container it belongs to; null for the group as a whole.</param>
internal sealed record GroupEvent(string? Container, ContainerEvent Event);
