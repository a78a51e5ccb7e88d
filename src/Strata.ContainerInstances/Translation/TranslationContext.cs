namespace Strata.ContainerInstances.Translation;

/// <param name="Namespace">Namespace of the core that holds all groups.</param>
/// <param name="Installation">Which service made the object; several may share a core.</param>
/// <param name="GroupUid">The group.</param>
/// <param name="Incarnation">Which of the group's pods, counted from 1.</param>
internal sealed record TranslationContext(string Namespace, string Installation, string GroupUid, int Incarnation)
{
    public string PodName => PodNames.Pod(GroupUid, Incarnation);
}
