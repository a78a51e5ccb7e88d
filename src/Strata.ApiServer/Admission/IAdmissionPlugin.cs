namespace Strata.ApiServer.Admission;

/// <summary>Looks at every write after it was decoded and defaulted; may change it, then may refuse it. Plug-ins run in the order of registration, first all
/// mutations, later (when the object has been validated) all validations. Thread-safe.</summary>
/// <remarks>To refuse, throw an <see cref="Api.Errors.ApiException"/> (usually <see cref="Api.Errors.ApiErrors.Forbidden"/>). A write that lost a race is admitted again,
/// so a plug-in must bear being asked twice about the same change.</remarks>
internal interface IAdmissionPlugin
{
    /// <summary>Changes <see cref="AdmissionRequest.Object"/>, for example to fill in what depends on other objects.</summary>
    ValueTask MutateAsync(AdmissionRequest request, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Refuses what must not be stored or deleted; changes nothing.</summary>
    ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
