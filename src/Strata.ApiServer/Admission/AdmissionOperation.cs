namespace Strata.ApiServer.Admission;

internal enum AdmissionOperation
{
    Create,
    Update,
    Delete,

    /// <summary>Exec, attach, port-forward.</summary>
    Connect,
}
