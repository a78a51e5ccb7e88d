namespace Strata.ContainerInstances.Records;

/// <summary>What the caller last asked for. Stored before anything is done about it.</summary>
internal enum DesiredState
{
    Running,
    Stopped,
    Deleted,
}
