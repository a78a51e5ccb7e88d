using System.Collections.Frozen;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Tells who creates an object what the cluster will not do with it: a kind that nothing handles would otherwise be taken in silence.</summary>
/// <param name="notices">Texts by resource and group: <c>jobs.batch</c>, <c>persistentvolumeclaims</c>.</param>
internal sealed class NoticePlugin(IReadOnlyDictionary<string, string> notices) : IAdmissionPlugin
{
    private readonly FrozenDictionary<(string Group, string Plural), string> _notices =
        notices.ToFrozenDictionary(static notice => Split(notice.Key), static notice => notice.Value);

    public ValueTask ValidateAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request.Operation == AdmissionOperation.Create && request.Subresource.Length == 0 && _notices.TryGetValue((request.Kind.Group, request.Kind.Plural), out var text))
        {
            request.Warn(text);
        }

        return ValueTask.CompletedTask;
    }

    private static (string Group, string Plural) Split(string resource) =>
        resource.IndexOf('.') is >= 0 and var dot ? (resource[(dot + 1)..], resource[..dot]) : ("", resource);
}
