using Strata.Api.Errors;

namespace Strata.Api.Patches;

/// <summary>How patches fail, with upstream's status codes (apiserver: endpoints/handlers/patch.go).</summary>
internal static class PatchErrors
{
    /// <summary>The patch itself is malformed.</summary>
    public static ApiException Malformed(string detail) => ApiErrors.BadRequest($"error decoding patch: {detail}");

    /// <summary>The patch is well formed but does not fit the object.</summary>
    public static ApiException DoesNotApply(string detail) => new(new ApiStatus
    {
        Code = 422,
        Reason = StatusReason.Invalid,
        Message = $"the server rejected our request due to an error in our request: {detail}",
    });

    public static ApiException TooLarge(string detail) => new(new ApiStatus
    {
        Code = 413,
        Reason = StatusReason.RequestEntityTooLarge,
        Message = $"Request entity too large: {detail}",
    });
}
