using Strata.Api.Models;

namespace Strata.Controllers.Certificates;

/// <summary>How far a request is.</summary>
internal static class RequestConditions
{
    public static CertificateSigningRequestCondition? Find(this CertificateSigningRequest request, string type) =>
        request.Status.Conditions.FirstOrDefault(condition => condition.Type == type);

    public static bool IsApproved(this CertificateSigningRequest request) => request.Find("Approved") is not null;

    /// <summary>Denied or failed: nothing will come of it.</summary>
    public static bool IsRefused(this CertificateSigningRequest request) => request.Find("Denied") is not null || request.Find("Failed") is not null;

    public static bool IsIssued(this CertificateSigningRequest request) => request.Status.Certificate.Length > 0;

    public static CertificateSigningRequest With(this CertificateSigningRequest request, string type, string reason, string message, DateTimeOffset now)
    {
        var condition = new CertificateSigningRequestCondition { Type = type, Status = "True", Reason = reason, Message = message, LastUpdateTime = now, LastTransitionTime = now };
        return request with { Status = request.Status with { Conditions = [.. request.Status.Conditions, condition] } };
    }
}
