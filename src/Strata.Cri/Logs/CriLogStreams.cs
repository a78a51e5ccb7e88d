namespace Strata.Cri.Logs;

/// <summary>Which of a container's outputs to read.</summary>
[Flags]
public enum CriLogStreams
{
    Stdout = 1,
    Stderr = 2,
    All = Stdout | Stderr,
}
