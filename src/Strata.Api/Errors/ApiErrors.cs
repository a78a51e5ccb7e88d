using Strata.Api.Models;

namespace Strata.Api.Errors;

/// <summary>The standard failures, with upstream's wording (apimachinery: pkg/api/errors).</summary>
public static class ApiErrors
{
    public static ApiException NotFound(KindInfo kind, string name) => new(new ApiStatus
    {
        Code = 404,
        Reason = StatusReason.NotFound,
        Message = $"{QualifiedResource(kind)} \"{name}\" not found",
        Name = name,
        Group = kind.Group,
        Kind = kind.Plural,
    });

    public static ApiException AlreadyExists(KindInfo kind, string name) => new(new ApiStatus
    {
        Code = 409,
        Reason = StatusReason.AlreadyExists,
        Message = $"{QualifiedResource(kind)} \"{name}\" already exists",
        Name = name,
        Group = kind.Group,
        Kind = kind.Plural,
    });

    public static ApiException Conflict(KindInfo kind, string name, string detail) => new(new ApiStatus
    {
        Code = 409,
        Reason = StatusReason.Conflict,
        Message = $"Operation cannot be fulfilled on {QualifiedResource(kind)} \"{name}\": {detail}",
        Name = name,
        Group = kind.Group,
        Kind = kind.Plural,
    });

    /// <summary>The object changed between read and write.</summary>
    public static ApiException Modified(KindInfo kind, string name) =>
        Conflict(kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiException BadRequest(string message) => new(new ApiStatus { Code = 400, Reason = StatusReason.BadRequest, Message = message });

    public static ApiException Forbidden(KindInfo kind, string name, string detail) => new(new ApiStatus
    {
        Code = 403,
        Reason = StatusReason.Forbidden,
        Message = name.Length == 0 ? $"{QualifiedResource(kind)} is forbidden: {detail}" : $"{QualifiedResource(kind)} \"{name}\" is forbidden: {detail}",
        Name = name,
        Group = kind.Group,
        Kind = kind.Plural,
    });

    /// <summary>Validation failed; every problem is a cause.</summary>
    public static ApiException Invalid(KindInfo kind, string name, IReadOnlyList<StatusCause> causes)
    {
        var problems = causes.Select(cause => $"{cause.Field}: {cause.Message}").ToArray();
        return new ApiException(new ApiStatus
        {
            Code = 422,
            Reason = StatusReason.Invalid,
            Message = $"{QualifiedKind(kind)} \"{name}\" is invalid: {(problems.Length == 1 ? problems[0] : $"[{string.Join(", ", problems)}]")}",
            Name = name,
            Group = kind.Group,
            Kind = kind.Kind,
            Causes = causes,
        });
    }

    public static ApiException MethodNotAllowed(string verb) => new(new ApiStatus
    {
        Code = 405,
        Reason = StatusReason.MethodNotAllowed,
        Message = $"the server does not allow this method on the requested resource ({verb})",
    });

    public static ApiException UnknownPath() => new(new ApiStatus
    {
        Code = 404,
        Reason = StatusReason.NotFound,
        Message = "the server could not find the requested resource",
    });

    public static ApiException Expired(string message) => new(new ApiStatus { Code = 410, Reason = StatusReason.Expired, Message = message });

    public static ApiException Internal(string message, Exception? inner = null) =>
        new(new ApiStatus { Code = 500, Reason = StatusReason.InternalError, Message = $"Internal error occurred: {message}" }, inner);

    public static ApiException Unavailable(string message, Exception? inner = null) =>
        new(new ApiStatus { Code = 503, Reason = StatusReason.ServiceUnavailable, Message = message, RetryAfterSeconds = 1 }, inner);

    private static string QualifiedResource(KindInfo kind) => kind.Group.Length == 0 ? kind.Plural : $"{kind.Plural}.{kind.Group}";

    private static string QualifiedKind(KindInfo kind) => kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";
}
