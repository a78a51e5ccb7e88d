namespace Strata.Api.Errors;

/// <summary>A request that the API refused or could not do. The server turns it into its <see cref="Status"/>; the client throws it with the Status it received.</summary>
public sealed class ApiException(ApiStatus status, Exception? inner = null) : Exception(status.Message, inner)
{
    public ApiStatus Status { get; } = status;

    public string Reason => Status.Reason;

    public bool IsNotFound => Status.Reason == StatusReason.NotFound;

    public bool IsConflict => Status.Reason == StatusReason.Conflict;

    public bool IsAlreadyExists => Status.Reason == StatusReason.AlreadyExists;

    /// <summary>The version asked for is gone: list again.</summary>
    public bool IsExpired => Status.Code == 410;
}
