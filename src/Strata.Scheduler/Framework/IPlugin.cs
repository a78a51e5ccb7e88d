namespace Strata.Scheduler.Framework;

/// <summary>Something with a name that takes part in scheduling. Plugins are stateless and shared by all cycles.</summary>
public interface IPlugin
{
    /// <summary>Upstream's name where the plugin has an upstream twin.</summary>
    string Name { get; }

    /// <summary>Whether the plugin has anything to say about the pod; if not, it is left out of the pod's cycle (upstream: PreFilter and PreScore returning Skip).
    /// Its filter would fit everywhere, and its score would be the same for all nodes.</summary>
    bool Concerns(PodInfo pod) => true;
}
