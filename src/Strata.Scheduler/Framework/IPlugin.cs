namespace Strata.Scheduler.Framework;

/// <summary>Something with a name that takes part in scheduling. Plugins are stateless and shared by all cycles.</summary>
public interface IPlugin
{
    /// <summary>Upstream's name where the plugin has an upstream twin.</summary>
    string Name { get; }
}
