using Strata.Api.Models;
using Strata.ApiServer.Cache;
using Strata.ApiServer.Registry;

namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>The webhooks of all configurations, by the configuration's name and then in its order. Thread-safe; made anew by the first request after a configuration has changed.</summary>
internal sealed class WebhookList<T>(ResourceRegistry registry, Func<T, IEnumerable<Webhook>> read)
    where T : class, IKubeObject<T>
{
    private Known _known = new(EntryMap.Empty, []);

    public IReadOnlyList<Webhook> Current()
    {
        if (registry.Find(T.Info) is not { } store)
        {
            return [];
        }

        var map = store.Cached.Map;
        var known = Volatile.Read(ref _known);
        if (ReferenceEquals(known.Map, map))
        {
            return known.Hooks;
        }

        known = new Known(map, [.. registry.List<T>("").OrderBy(static source => source.Metadata.Name, StringComparer.Ordinal).SelectMany(read)]);
        Volatile.Write(ref _known, known); // Two who make it at once make the same.
        return known.Hooks;
    }

    private sealed record Known(EntryMap Map, IReadOnlyList<Webhook> Hooks);
}
