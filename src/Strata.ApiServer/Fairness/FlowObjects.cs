using Strata.Api.Models;
using Strata.ApiServer.Cache;
using Strata.ApiServer.Registry;

namespace Strata.ApiServer.Fairness;

/// <summary>Hands the FlowSchemas and PriorityLevelConfigurations in memory to the controller: the first request after one of them has changed makes the new configuration, all others only
/// compare two references.</summary>
internal sealed class FlowObjects(ResourceRegistry registry, FlowController controller)
{
    private readonly Lock _gate = new(); // Taken by whoever makes a configuration.
    private Taken _taken = new(EntryMap.Empty, EntryMap.Empty);

    public void TakeOver()
    {
        var (schemas, levels) = (registry.Get(FlowSchema.Info).Cached.Map, registry.Get(PriorityLevelConfiguration.Info).Cached.Map);
        if (Volatile.Read(ref _taken).IsOf(schemas, levels))
        {
            return;
        }

        lock (_gate)
        {
            // Read again: another request may have been faster, with newer objects.
            (schemas, levels) = (registry.Get(FlowSchema.Info).Cached.Map, registry.Get(PriorityLevelConfiguration.Info).Cached.Map);
            if (!_taken.IsOf(schemas, levels))
            {
                controller.Use(FlowConfiguration.From(registry.List<FlowSchema>(""), registry.List<PriorityLevelConfiguration>("")));
                Volatile.Write(ref _taken, new Taken(schemas, levels));
            }
        }
    }

    private sealed record Taken(EntryMap Schemas, EntryMap Levels)
    {
        public bool IsOf(EntryMap schemas, EntryMap levels) => ReferenceEquals(Schemas, schemas) && ReferenceEquals(Levels, levels);
    }
}
