using Strata.NodeAgent.Cri;
using Strata.NodeAgent.Tests.Real;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Tests.Contract;

public sealed class CriRuntimeContractTests : ContainerRuntimeContract, IDisposable
{
    public CriRuntimeContractTests(PrivateContainerd containerd)
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        Runtime = new CriContainerRuntime(containerd.Client, $"contract-{Guid.CreateVersion7()}");
    }

    protected override IContainerRuntime Runtime { get; }

    protected override string LogRoot { get; } = Directory.CreateTempSubdirectory("strata-contract-").FullName;

    public void Dispose() => Directory.Delete(LogRoot, recursive: true);
}
