namespace Strata.ContainerInstances.Records;

internal enum OperationKind
{
    Create,
    Update,
    Start,
    Restart,
    Delete,

    /// <summary>Not shown as a long-running operation: the call itself waits for it.</summary>
    Stop,
}
