namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Which list of a pod a container is in; each allows other fields.</summary>
internal enum ContainerRole
{
    Init,
    Main,
    Ephemeral,
}
