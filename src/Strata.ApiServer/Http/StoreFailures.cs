using Strata.Api.Errors;
using Strata.Store;

namespace Strata.ApiServer.Http;

/// <summary>What a client is told when the store fails: the one place where a <see cref="StoreException"/> becomes a Status.</summary>
internal static class StoreFailures
{
    // What upstream's clients wait before they try again what timed out (apimachinery: api/errors NewTimeoutError).
    private const int RetryAfterSeconds = 1;

    public static ApiException ToApi(StoreException failure) => failure switch
    {
        StoreFullException => new ApiException(
            new ApiStatus { Code = 507, Reason = StatusReason.InternalError, Message = $"Internal error occurred: nothing was written: {failure.Message} (reads still work)" }, failure),
        StoreValueTooLargeException => new ApiException(
            new ApiStatus { Code = 413, Reason = StatusReason.RequestEntityTooLarge, Message = $"Request entity too large: {failure.Message}" }, failure),
        UncertainWriteException => new ApiException(
            new ApiStatus { Code = 504, Reason = StatusReason.Timeout, Message = $"Timeout: {failure.Message}", RetryAfterSeconds = RetryAfterSeconds }, failure),
        StoreUnavailableException => ApiErrors.Unavailable($"the store cannot be used at the moment: {failure.Message}", failure),
        _ => ApiErrors.Unavailable("the store cannot be used at the moment", failure),
    };
}
